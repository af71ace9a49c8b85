// A mail server on a free port of this machine, which delivers nothing.
//   node server.mjs
//   TLS=starttls | tls | none (default)   with KEY and CERT, files in PEM
//   PASSWORD=...                          the user `wcc` has to sign in with it
// It prints its port, and then each mail that it takes as a line of JSON. It puts the first mail to each address that
// begins with `busy` off, and takes none to addresses that begin with `gone`.
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const { TLS = 'none', PASSWORD, KEY, CERT } = process.env;
const putOff = new Set();

function refusal(code, words) {
  return Object.assign(new Error(words), { responseCode: code });
}

const server = new SMTPServer({
  secure: TLS === 'tls',
  disabledCommands: [...(TLS === 'starttls' ? [] : ['STARTTLS']), ...(PASSWORD ? [] : ['AUTH'])],
  key: KEY && readFileSync(KEY),
  cert: CERT && readFileSync(CERT),
  allowInsecureAuth: true,
  authOptional: !PASSWORD,
  disableReverseLookup: true,
  onAuth({ username, password }, _, done) {
    if (username === 'wcc' && password === PASSWORD) done(null, { user: username });
    else done(refusal(535, 'wrong name or password'));
  },
  onRcptTo({ address }, _, done) {
    if (address.startsWith('gone')) return done(refusal(550, `nobody is at ${address}`));
    if (address.startsWith('busy') && !putOff.has(address)) {
      putOff.add(address);
      return done(refusal(451, `later, ${address}`));
    }
    done();
  },
  onData(stream, { envelope, secure }, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      const to = envelope.rcptTo.map(({ address }) => address);
      console.log(JSON.stringify({ to, secure, mail: Buffer.concat(parts).toString() }));
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
