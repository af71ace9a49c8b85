// A mail server on a free port of this machine, which delivers nothing.
//   node server.mjs
//   PORT=...                              that port instead
//   TLS=starttls | tls | none (default)   with KEY and CERT, files in PEM
//   PASSWORD=...                          the user `wcc` has to sign in with it
//   REFUSE_SENDER=yes                     no mail is taken from anybody
//   DELAY=...                             milliseconds until a mail is taken
//   SLOW=...                              milliseconds until a mail to an address that begins with `slow` is confirmed
// It prints its port, and then each mail that it takes as a line of JSON. Addresses that begin with one of these words
// get another answer:
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const { PORT = '0', TLS = 'none', PASSWORD, KEY, CERT, REFUSE_SENDER, DELAY = '0', SLOW = '0' } = process.env;

function refusal(code, words) {
  return Object.assign(new Error(words), { responseCode: code });
}

const seen = new Set();
const recipients = {
  gone: (address) => refusal(550, `5.1.1 nobody is at ${address}`),
  full: () => refusal(552, '5.2.2 the mailbox is full'),
  unclear: () => refusal(550, 'refused'),
  syntax: () => refusal(501, '5.5.4 not in this form'),
  sender: () => refusal(550, '5.1.8 sender address rejected'),
  login: () => refusal(530, '5.7.0 authentication required'),
  system: () => refusal(554, '5.3.2 the system takes no mail'),
  relay: () => refusal(554, '5.7.1 relay access denied'),
  // Only the first time.
  busy: (address) => (seen.has(address) ? null : seen.add(address) && refusal(451, `later, ${address}`)),
};
const contents = {
  spam: () => refusal(550, '5.1.1 not after the recipient was accepted'),
};

function answer(answers, address) {
  const word = Object.keys(answers).find((begins) => address.startsWith(begins));
  return word ? answers[word](address) : null;
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
    else done(refusal(535, '5.7.8 wrong name or password'));
  },
  onMailFrom(_, __, done) {
    done(REFUSE_SENDER ? refusal(550, '5.1.1 who are you') : null);
  },
  onRcptTo({ address }, _, done) {
    // Never answered.
    if (address.startsWith('silent')) return;
    done(answer(recipients, address));
  },
  onData(stream, { envelope, secure }, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      const to = envelope.rcptTo.map(({ address }) => address);
      const refused = answer(contents, to[0]);
      if (refused) return done(refused);
      setTimeout(() => {
        console.log(JSON.stringify({ to, secure, mail: Buffer.concat(parts).toString() }));
        // Taken and never confirmed.
        if (to[0].startsWith('mute')) return;
        if (to[0].startsWith('slow')) setTimeout(done, Number(SLOW));
        else done();
      }, Number(DELAY));
    });
  },
});
server.on('error', () => {});
server.listen(Number(PORT), '127.0.0.1', () => console.log(server.server.address().port));
