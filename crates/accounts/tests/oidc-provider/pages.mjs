// Signs in through the pages of a server, as a browser does: to the provider and back, a first sign-in that waits for
// approval, an administrator who approves it in a page, roles from claims, and what is refused.
//   node pages.mjs SERVER PROVIDER
import assert from 'node:assert/strict'

const [server, provider] = process.argv.slice(2)

/** A browser: cookies of each host, redirects, forms. */
class Browser {
  cookies = new Map()
  async request(address, options = {}) {
    const url = new URL(address, server)
    const jar = this.cookies.get(url.host) ?? new Map()
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie && { cookie }), ...options.headers }
    const response = await fetch(url, { ...options, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name, ...value] = line.split(';')[0].split('=')
      if (value.join('=') === '' || /max-age=0|1970/i.test(line)) jar.delete(name)
      else jar.set(name, value.join('='))
    }
    this.cookies.set(url.host, jar)
    return { url, response }
  }
  async get(address, stop = () => false) {
    return this.follow(await this.request(address), stop)
  }
  async post(address, fields, stop = () => false) {
    const body = new URLSearchParams(fields)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.follow(await this.request(address, { method: 'POST', body, headers }), stop)
  }
  async follow({ url, response }, stop) {
    while (response.status >= 300 && response.status < 400) {
      const next = new URL(response.headers.get('location'), url)
      if (stop(next)) return { status: response.status, url: next, text: '' }
      ;({ url, response } = await this.request(next))
    }
    return { status: response.status, url, text: await response.text() }
  }
}

const field = (page, name) => page.text.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))?.[1] ?? ''
const isBack = (url) => url.pathname === '/sign-in/openid'

/** Signs in at the provider; returns the page that the server shows then, or the address that leads back to it. */
async function signIn(browser, person, back = '/account', stop = () => false) {
  let page = await browser.get(`/sign-in/provider?return=${encodeURIComponent(back)}`, stop)
  for (let step = 0; step < 4 && page.url.origin === provider; step += 1) {
    const action = page.text.match(/<form[^>]*action="([^"]*)"/)?.[1]
    assert(action, `no form of the provider: ${page.status} ${page.text}`)
    const prompt = field(page, 'prompt')
    const fields = prompt === 'login' ? { prompt, login: person, password: 'any' } : { prompt }
    page = await browser.post(new URL(action, page.url), fields, stop)
  }
  return page
}

const start = await new Browser().get('/sign-in')
assert.match(start.text, /Sign in with the provider of the tests/)

// A first sign-in waits.
const ada = new Browser()
let page = await signIn(ada, 'ada')
assert.equal(page.status, 401, page.text)
assert.match(page.text, /has not approved this account yet/)
assert.equal((await ada.get('/desk')).status, 401)

// An administrator approves it, in a page.
const administrator = new Browser()
const form = await administrator.get('/sign-in')
page = await administrator.post('/sign-in', {
  'form-token': field(form, 'form-token'),
  name: 'an.administrator',
  password: 'correct horse battery staple',
})
assert.equal(page.url.pathname, '/desk', page.text)
page = await administrator.get('/people')
assert.match(page.text, /Waiting for approval/)
const account = page.text.match(/href="(\/people\/account\?name=ada[^"]*)"/)?.[1]
assert(account, page.text)
page = await administrator.get(account)
page = await administrator.post('/people/account', {
  'form-token': field(page, 'form-token'),
  name: 'ada@pct.example',
  act: 'approve',
})
assert.match(page.text, /What you entered is recorded/)

// From then on they sign in, in the roles that their claims give, and go on to the page that they wanted.
page = await signIn(ada, 'ada')
assert.equal(page.status, 200, page.text)
assert.equal(page.url.pathname, '/account')
assert.match(page.text, /Person ada/)
assert.match(page.text, /panel chair for North East \(Q30\)/)
assert.doesNotMatch(page.text, /Change your password/)

// Signing out here ends the session here.
page = await ada.get('/desk')
await ada.post('/sign-out', { 'form-token': field(page, 'form-token') })
assert.equal((await ada.get('/desk')).status, 401)

// An answer is good for one browser, once; a page of another site is never returned to.
const elsewhere = await signIn(ada, 'ada', '//evil.example', isBack)
assert(isBack(elsewhere.url), elsewhere.url.href)
const thief = new Browser()
assert.equal((await thief.get(elsewhere.url.href)).status, 401)
page = await signIn(ada, 'ada', '//evil.example')
assert.equal(page.url.origin, server)
const used = await signIn(ada, 'ada', '/account', isBack)
assert.equal((await ada.get(used.url.href)).status, 200)
assert.equal((await ada.get(used.url.href)).status, 401)
assert.equal((await new Browser().get('/sign-in/openid?code=x&state=y')).status, 401)
assert.equal((await new Browser().get('/sign-in/openid?error=access_denied&state=y')).status, 401)

// Another key is found, and a clock that is far off is not believed.
await fetch(`${provider}/rotate`, { method: 'POST' })
await new Promise((passed) => setTimeout(passed, 1500)) // `tokens.pause_seconds`
page = await signIn(new Browser(), 'ada')
assert.equal(page.status, 200, page.text)
await fetch(`${provider}/clock?seconds=-7200`, { method: 'POST' })
page = await signIn(new Browser(), 'ada')
assert.equal(page.status, 401, page.text)
await fetch(`${provider}/clock?seconds=0`, { method: 'POST' })
page = await signIn(new Browser(), 'ada')
assert.equal(page.status, 200, page.text)
console.log('signed in through the pages')
