import type { Shelf } from './catalogue';

export const stationery: Shelf = [
  {
    id: 'night-watch-notebook',
    name: 'Night Watch Notebook',
    description:
      'A5, 160 dotted pages, thread-sewn so that it lies flat on one knee in the dark. The pencil loop is the part you will be grateful for.',
    priceAmount: 1650,
    stock: 190,
  },
  {
    id: 'boar-and-sow-pencils',
    name: 'Boar & Sow Pencils',
    description:
      'Six HB and six 2B pencils in incense cedar; the boar has the broader line, as he has the broader head. Wrapped in paper, no plastic; tooth marks are up to you.',
    priceAmount: 1080,
    stock: 275,
  },
  {
    id: 'from-our-sett-cards',
    name: 'From Our Sett to Yours Cards',
    description:
      'Ten folded cards on 300 g cotton paper, blank inside, with envelopes. Right for birthdays, house-warmings and apologies about the lawn.',
    priceAmount: 1400,
    stock: 168,
  },
  {
    id: 'forepaw-rubber-stamp',
    name: 'Forepaw Rubber Stamp',
    description:
      'Presses one crisp print, 35 mm wide, on parcels and on homework that deserves it. Natural rubber on a beech handle; use it with any ink pad.',
    priceAmount: 950,
    stock: 120,
  },
  {
    id: 'hedge-bottom-paper-tape',
    name: 'Hedge-Bottom Paper Tape',
    description:
      'Three rolls of rice-paper tape, 15 mm by 10 m, which tear straight and lift off again without a fuss.',
    priceAmount: 790,
    stock: 340,
  },
  {
    id: 'badger-year-calendar',
    name: 'Badger Year Calendar',
    description:
      'Cubs in February, bedding airing in spring, fat in October: twelve letterpress sheets for the wall, 30 cm square, with every moon marked.',
    priceAmount: 2100,
    stock: 83,
  },
  {
    id: 'sett-black-ink',
    name: 'Sett Black Ink',
    description:
      'A 50 ml bottle of fountain-pen ink, as dark as the second chamber on the left. Dries in twenty seconds and will not clog a nib.',
    priceAmount: 1320,
    stock: 97,
  },
  {
    id: 'secret-clan-stickers',
    name: 'Secret Clan Stickers',
    description:
      'Badgers know their own clan by scent; laptops and lunch boxes have to make do with vinyl. Nine to the sheet, weatherproof, no residue.',
    priceAmount: 550,
    stock: 385,
  },
];
