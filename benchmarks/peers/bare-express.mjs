// (c) The floor: Express 5 that parses the body and responds with the bytes of inventory. It keeps no cart.
import express from 'express';

const { status, headers, body } = JSON.parse(process.env.RESPONSE);
const app = express();
// Inventory's responses have neither.
app.disable('x-powered-by');
app.disable('etag');

app.post('/Cart/Item', express.json(), (req, res) => {
  if (typeof req.body.id !== 'string') return res.sendStatus(400);
  res.status(status).set(headers).json(body);
});

app.listen(Number(process.env.PORT), '127.0.0.1');
