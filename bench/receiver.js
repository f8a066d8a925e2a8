/** An OTLP endpoint that counts bytes and keeps nothing. Ends with its parent. */
import { createServer } from 'node:http';

let bytes = 0;

const server = createServer((request, response) => {
  if (request.url === '/bytes') {
    response.end(String(bytes));
    return;
  }
  if (request.url === '/reset') bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
  });
  request.on('end', () => response.end());
});

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
