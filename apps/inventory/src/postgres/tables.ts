import type { Generated } from 'kysely';

export const inventorySchema = 'inventory';

export interface InventoryTables {
  items: {
    id: string;
    name: string;
    description: string;
    category: string;
    price_amount: number;
    currency: Generated<string>;
    stock: number;
    picture_svg: string;
  };
}
