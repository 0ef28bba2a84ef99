import { closeSharedShop } from '../support/shop';
import './fuzz.story';

afterAll(closeSharedShop);
