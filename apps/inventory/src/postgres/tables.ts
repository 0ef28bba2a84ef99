import type { Generated, GeneratedAlways } from 'kysely';

export const inventorySchema = 'inventory';

export interface InventoryTables {
  items: {
    id: string;
    name: string;
    description: string;
    category: string;
    price_amount: number;
    currency: Generated<string>;
    /** Pieces in the warehouse, reserved pieces included. */
    stock: number;
    reserved: Generated<number>;
    picture_svg: string;
    created_at: Generated<Date>;
    /** Name, description and category in the form in which they are searched. */
    search_text: GeneratedAlways<string>;
  };
  reservations: {
    checkout_id: string;
    status: 'held' | 'committed' | 'released';
    created_at: Generated<Date>;
    /** When inventory last asked checkout about the order; at first, when the reservation was made. */
    checked_at: Generated<Date>;
    ended_at: Date | null;
  };
  reservation_lines: {
    checkout_id: string;
    item_id: string;
    quantity: number;
  };
}
