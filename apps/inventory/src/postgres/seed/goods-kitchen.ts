import type { Shelf } from './catalogue';

export const kitchen: Shelf = [
  {
    id: 'badger-enamel-mug',
    name: 'Badger Enamel Mug',
    description:
      'Steel, enamelled twice and rolled at the rim, so it survives being dropped on flagstones. Holds 350 ml of whatever gets you out of the sett.',
    priceAmount: 1450,
    stock: 240,
  },
  {
    id: 'sett-stoneware-teapot',
    name: 'Sett Stoneware Teapot',
    description:
      'Round, heavy and unhurried: one litre of tea and a lid that stays on when you pour. The spout does not drip, which took our potter eleven attempts.',
    priceAmount: 4200,
    stock: 35,
  },
  {
    id: 'clan-supper-plates',
    name: 'Clan Supper Plates',
    description:
      'Four 26 cm porcelain plates, enough for a small clan that gets along. Happy in the dishwasher, less so near the edge of the table.',
    priceAmount: 5800,
    stock: 60,
  },
  {
    id: 'earthworm-spaghetti-jar',
    name: 'Earthworm Spaghetti Jar',
    description:
      'Two hundred worms make a fair night’s supper for a badger; this two-litre glass jar keeps a kilo of spaghetti under a turned cork lid.',
    priceAmount: 1890,
    stock: 85,
  },
  {
    id: 'orchard-raid-tea-towel',
    name: 'Orchard Raid Tea Towel',
    description: 'Half linen, half cotton, 50 by 70 cm. Dries four plates and dabs up windfall juice without a trace.',
    priceAmount: 1250,
    stock: 180,
  },
  {
    id: 'five-claw-oak-board',
    name: 'Five-Claw Oak Board',
    description:
      'One plank of French oak, 38 cm long and oiled by hand, with a forepaw burnt into the wood. The print is life size; the vegetables are up to you.',
    priceAmount: 3650,
    stock: 48,
  },
  {
    id: 'cub-porridge-bowl',
    name: 'Cub Porridge Bowl',
    description:
      'Cubs first leave the sett in April and know the value of a solid breakfast. Glazed earthenware, 14 cm across, heavy enough not to be pushed off the table.',
    priceAmount: 1600,
    stock: 115,
  },
  {
    id: 'muddy-paws-apron',
    name: 'Muddy Paws Apron',
    description:
      'Washed cotton canvas with a pocket wide enough for two forepaws or one wooden spoon and a list. The neck strap adjusts from cub to boar.',
    priceAmount: 3200,
    stock: 70,
  },
];
