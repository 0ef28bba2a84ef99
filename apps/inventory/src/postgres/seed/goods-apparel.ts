import type { Shelf } from './catalogue';

export const apparel: Shelf = [
  {
    id: 'night-shift-t-shirt',
    name: 'Night Shift T-Shirt',
    description:
      'For everyone whose day starts when the lights go out. Organic cotton, 180 g, XS to XXL, and no label to scratch the neck.',
    priceAmount: 2400,
    stock: 310,
  },
  {
    id: 'little-cub-t-shirt',
    name: 'Little Cub T-Shirt',
    description: 'Soft jersey for 6 to 24 months, with poppers at the shoulder because heads are large at that age.',
    priceAmount: 1700,
    stock: 130,
  },
  {
    id: 'striped-lambswool-scarf',
    name: 'Striped Lambswool Scarf',
    description:
      'Two metres of Scottish lambswool in black and off-white, a combination the European badger settled on long ago and has seen no reason to change.',
    priceAmount: 4450,
    stock: 95,
  },
  {
    id: 'winter-sett-jumper',
    name: 'Winter Sett Jumper',
    description:
      'Badgers do not hibernate; they put on a few kilos and stay in. Cut with that in mind, from undyed and oiled Shetland wool.',
    priceAmount: 8900,
    stock: 40,
  },
  {
    id: 'deep-burrow-socks',
    name: 'Deep Burrow Socks',
    description: 'Merino with a double heel, knitted for boots and cold floors. Sizes 36 to 47, sold by the pair.',
    priceAmount: 1350,
    stock: 400,
  },
  {
    id: 'snout-first-beanie',
    name: 'Snout-First Beanie',
    description:
      'A ribbed wool beanie with a deep turn-up and a bobble. Pull it low: a badger trusts its nose more than its eyes anyway.',
    priceAmount: 2200,
    stock: 150,
  },
  {
    id: 'long-claw-mittens',
    name: 'Long-Claw Mittens',
    description:
      'Felted wool with five embroidered claws on each hand: excellent for snowballs, hopeless for telephones. The two sisters who knit them are on holiday.',
    priceAmount: 2800,
    stock: 0,
  },
  {
    id: 'foragers-tote-bag',
    name: 'Forager’s Tote Bag',
    description:
      'Carries twelve kilos, the weight of a grown badger in autumn, though a badger would object. Unbleached canvas, 38 by 42 cm, long handles.',
    priceAmount: 1600,
    stock: 220,
  },
];
