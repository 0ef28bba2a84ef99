import { closeSharedShop } from '../support/shop';
import './becoming-a-user.story';

afterAll(closeSharedShop);
