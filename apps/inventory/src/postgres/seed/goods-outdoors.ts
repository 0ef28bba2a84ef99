import type { Shelf } from './catalogue';

export const outdoors: Shelf = [
  {
    id: 'dusk-watch-lantern',
    name: 'Dusk Watch Lantern',
    description:
      'A rechargeable storm lantern that dims to the glow of a candle and lasts 40 hours there. Hang it well away from the sett and sit still.',
    priceAmount: 5200,
    stock: 66,
  },
  {
    id: 'two-badger-tent',
    name: 'Two-Badger Tent',
    description:
      'Sleeps two people, or a sow and three cubs, under 3000 mm of silicone-coated ripstop. Packs to 2.1 kg and, like any decent sett, has a second way out.',
    priceAmount: 24900,
    stock: 14,
  },
  {
    id: 'worm-weather-boots',
    name: 'Worm-Weather Boots',
    description:
      'Warm, wet and windless is when the earthworms come up and the badgers come out. Natural rubber to the knee, sizes 36 to 47.',
    priceAmount: 7400,
    stock: 88,
  },
  {
    id: 'overnight-rucksack',
    name: 'Overnight Rucksack',
    description:
      'Twenty-two litres of waxed cotton with leather straps and a lid that closes over a rolled blanket. Rustles so little that you will hear the leaves instead.',
    priceAmount: 9800,
    stock: 37,
  },
  {
    id: 'long-vigil-flask',
    name: 'Long Vigil Flask',
    description:
      'Double-walled steel, 750 ml: still hot at midnight, still warm when the clan trundles home at dawn. The cap is a cup.',
    priceAmount: 3100,
    stock: 125,
  },
  {
    id: 'hedgerow-trail-camera',
    name: 'Hedgerow Trail Camera',
    description:
      'Twenty megapixels, an infrared flash no animal minds, and straps to suit any tree. Expect nine hundred pictures of a fern and one you will frame.',
    priceAmount: 13900,
    stock: 22,
  },
  {
    id: 'red-glow-torch',
    name: 'Red Glow Torch',
    description:
      'Badgers take little notice of red light, and your own eyes stay used to the dark. Aluminium, two brightnesses, one AA cell.',
    priceAmount: 2750,
    stock: 145,
  },
  {
    id: 'honest-digger-trowel',
    name: 'Honest Digger Trowel',
    description:
      'A forged steel blade on an ash handle, marked in centimetres for bulbs. Meles meles does without one, but has been practising for longer.',
    priceAmount: 2300,
    stock: 102,
  },
];
