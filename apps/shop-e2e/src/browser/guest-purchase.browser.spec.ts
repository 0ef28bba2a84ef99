import { closeSharedShop } from '../support/shop';

afterAll(closeSharedShop);

require('../stories/guest-purchase.story');
