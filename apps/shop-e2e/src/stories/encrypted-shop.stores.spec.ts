import { closeEncryptedShop } from '../support/encrypted-shop';

afterAll(closeEncryptedShop);

/** Stories of a store whose services call each other over HTTPS, and export what they do. The first counts all requests. */
describe.each(['telemetry', 'https'])('%s:', (story) => {
  require(`./${story}.story`);
});
