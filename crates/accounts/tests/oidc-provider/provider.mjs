// A certified OpenID provider on a free port, with one client and with people who have any name and password.
//   node provider.mjs
//   REDIRECT=ADDRESS node provider.mjs   sends browsers back to this address
// It prints its address. POST /rotate gives it another key; POST /clock?seconds=N makes tokens of that much later.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const systemNow = Date.now;
let later = 0;
Date.now = () => systemNow() + later * 1000;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function newProvider(issuer) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'wcc',
        client_secret: 'a secret: of the client',
        redirect_uris: [process.env.REDIRECT ?? 'http://127.0.0.1:8080/sign-in/openid'],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    // Claims of scopes are in the ID token; otherwise only UserInfo has them.
    conformIdTokenClaims: process.env.USERINFO === 'yes',
    cookies: { keys: [randomUUID()] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `Person ${id}`,
        preferred_username: `${id}@pct.example`,
        groups: ['everybody', `${id}-chairs`],
      }),
    }),
    jwks: { keys: [newKey()] },
    pkce: { required: () => true },
  });
  provider.on('server_error', (_, error) => console.error(error));
  return provider.callback();
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (request.method === 'POST' && url.pathname === '/rotate') {
    answer = newProvider(issuer);
    response.end();
  } else if (request.method === 'POST' && url.pathname === '/clock') {
    later = Number(url.searchParams.get('seconds'));
    response.end();
  } else {
    answer(request, response);
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
let answer = newProvider(issuer);
console.log(issuer);
