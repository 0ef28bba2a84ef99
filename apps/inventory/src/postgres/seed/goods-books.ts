import type { Shelf } from './catalogue';

export const books: Shelf = [
  {
    id: 'field-guide-to-badgers',
    name: 'A Field Guide to Badgers',
    description:
      'From Meles meles in the hedgerow to Taxidea taxus on the prairie, with 90 plates and range maps. The ferret-badgers had to share a page and are sorry about it.',
    priceAmount: 2650,
    stock: 75,
  },
  {
    id: 'tracks-after-dark',
    name: 'Tracks After Dark',
    description:
      'Five toes almost in a row, a broad pad, and claw marks well ahead of both: not the neighbour’s dog. A 128-page pocket paperback with life-size prints.',
    priceAmount: 1490,
    stock: 110,
  },
  {
    id: 'a-year-of-nights',
    name: 'A Year of Nights',
    description:
      'One naturalist, one folding chair and 365 evenings above the same beechwood sett. Patient, exact, and funnier than it has any right to be.',
    priceAmount: 1895,
    stock: 64,
  },
  {
    id: 'brock-and-the-tall-wood',
    name: 'Brock and the Tall Wood',
    description:
      'A novel for readers of seven to ten about a cub who digs the wrong way and comes up somewhere else. Hardback, with ink drawings.',
    priceAmount: 1590,
    stock: 140,
  },
  {
    id: 'barrow-hill-trilogy',
    name: 'The Barrow Hill Trilogy',
    description:
      'Three linen-bound volumes, three generations of one quarrelsome clan, and a single disputed latrine on the boundary that nobody will forgive.',
    priceAmount: 4800,
    stock: 28,
  },
  {
    id: 'good-evening-picture-book',
    name: 'Good Evening, Little Badger',
    description:
      'A bedtime picture book told the right way round: the cub wakes at sunset and everyone else lies down. Twenty-four board pages, proof against teeth.',
    priceAmount: 1290,
    stock: 205,
  },
  {
    id: 'roots-nuts-and-windfalls',
    name: 'Roots, Nuts & Windfalls',
    description:
      'Seventy recipes from hedge and orchard for convinced omnivores. The chapter on worms was left out at the publisher’s request.',
    priceAmount: 2900,
    stock: 52,
  },
  {
    id: 'architecture-of-the-sett',
    name: 'The Architecture of the Sett',
    description:
      'Fold-out sections of nineteen real setts, bedding chambers and spoil heaps included. The largest runs to three hundred metres of tunnel and forty doors, none of them square.',
    priceAmount: 5400,
    stock: 17,
  },
];
