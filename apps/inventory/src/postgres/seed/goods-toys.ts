import type { Shelf } from './catalogue';

export const toys: Shelf = [
  {
    id: 'bramble-plush-badger',
    name: 'Bramble the Plush Badger',
    description:
      'Thirty centimetres of recycled plush with a weighted bottom, so Bramble sits where you put her. Washable at 30 degrees, which a real badger is not.',
    priceAmount: 2990,
    stock: 160,
  },
  {
    id: 'grumbling-glove-puppet',
    name: 'Grumbling Glove Puppet',
    description:
      'Badgers churr, chitter, growl and keck, and this wool-felt puppet leaves all sixteen or so sounds to you. Fits hands from five years up.',
    priceAmount: 2150,
    stock: 58,
  },
  {
    id: 'under-the-hill-puzzle',
    name: 'Under the Hill Puzzle',
    description:
      'Five hundred pieces of hillside in cross-section, many of them plain brown earth. Start with the doors; that is how the badgers did it.',
    priceAmount: 1950,
    stock: 92,
  },
  {
    id: 'tunnel-building-blocks',
    name: 'Tunnel Building Blocks',
    description: 'Forty beech blocks and six arches, sanded and waxed, for building up or, in the local style, down.',
    priceAmount: 3490,
    stock: 44,
  },
  {
    id: 'nesting-badger-family',
    name: 'Nesting Badger Family',
    description:
      'A sow, a boar and a cub in turned limewood, one inside the other, the tallest 15 cm. Painted by hand, so every stripe is a little crooked.',
    priceAmount: 3850,
    stock: 31,
  },
  {
    id: 'waddling-pull-along',
    name: 'Waddling Pull-Along',
    description:
      'Off-centre wheels give this maple badger the rolling trot of the original. Cotton cord, no small parts, from twelve months.',
    priceAmount: 2600,
    stock: 77,
  },
  {
    id: 'who-dug-that-card-game',
    name: 'Who Dug That? Card Game',
    description:
      'Badger, mole, fox or the children next door: two to six players blame each other for holes in the lawn. Fifteen minutes a round, 54 cards.',
    priceAmount: 1190,
    stock: 265,
  },
  {
    id: 'improbable-badger-kite',
    name: 'Improbable Badger Kite',
    description:
      'No badger has ever wanted to fly, and yet it goes up in the lightest breeze. Ripstop nylon, 70 cm across, with 40 metres of line.',
    priceAmount: 2450,
    stock: 39,
  },
];
