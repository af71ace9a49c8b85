// Looks at pages and documents in a real browser, as people do, and says what is wrong with them.
//
//   node check.mjs ADDRESS              one page of each kind of a server, at one width
//   node check.mjs FOLDER               every document in a folder, at 320 pixels and in print
//   node check.mjs ... --all            the same at 320 and 1,280 pixels and in print, with the W3C checker, and SAMPLE (2) pages
//                                       of each kind: the first, and others spread evenly over those that pages link to
//   node check.mjs ... --every          like --all, but every page that any page links to (many hours)
// A server's pages are looked at in forced colours, too: light on dark and dark on light.
//   SHOTS=FOLDER node check.mjs ...     keeps a picture of each
//
// ACCOUNT and PASSWORD sign in first, as a person does; INVITATION answers a survey; BROWSER names the browser.
import { AxePuppeteer } from '@axe-core/puppeteer'
import { HtmlValidate } from 'html-validate'
import puppeteer from 'puppeteer-core'
import vnu from 'vnu-jar'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [source, ...flags] = process.argv.slice(2)
const every = flags.includes('--every')
const all = every || flags.includes('--all')
const isServer = source.startsWith('http')
const sample = every || !isServer ? Infinity : all ? Number(process.env.SAMPLE ?? 2) : 1
const address = isServer ? source : `${pathToFileURL(resolve(source)).href}/`
const shots = process.env.SHOTS
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// Nobody lays a document out for a telephone by itself, so that is where it breaks first.
const widths = all ? [320, 1280] : [isServer ? 1280 : 320]
const wrong = []
// Says it at once: a long run may be interrupted.
function complain(problem) {
  wrong.push(problem)
  console.log(problem)
}

// What makes two addresses pages of one kind: codes are left out.
const kind = (path) =>
  path
    .replace(/\?.*/, '')
    .replace(/^\/cycles\/.+?(?=\/(bodies|challenges|evidence|findings|functions|groups|search|indicators|calibration|documents|messages|surveys|timetable)|$)/, '/cycles/C')
    .replace(/\/why\/[^/]*[a-z][^/]*/, '/why/measure')
    .replace(/\/(bodies|functions|groups|why(?!\/measure)|history|assess|frameworks|plugins|questions)\/[^/]+/g, '/$1/X')

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // maud writes attributes as HTML allows.
    'void-style': 'off',
    // A document keeps lists without bullets lists where browsers take those for none.
    'no-redundant-role': isServer ? 'error' : 'off',
    'prefer-native-element': 'off',
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'doctype-style': 'off',
    'no-raw-characters': 'off',
    // A server's pages forbid inline styles; a document, one file, has the widths of its columns.
    'no-inline-style': isServer ? 'error' : ['error', { allowedProperties: ['width'] }],
    // A list of boxes to tick is one field.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'reset', 'submit'] }],
    // Codes of measures have dots.
    'valid-id': ['error', { relaxed: true }],
  },
})

// Opens a page by its address, or as a button on another page does; `sent` are the fields of its form.
async function open(page, { path, sent }) {
  if (!sent) return page.goto(address + path, { waitUntil: 'load' })
  await page.goto(address + sent.from, { waitUntil: 'load' })
  const [response] = await Promise.all([
    page.waitForNavigation({ waitUntil: 'load' }),
    page.evaluate((fields) => {
      const same = (form) => JSON.stringify([...new FormData(form)]) === JSON.stringify(fields)
      const form = [...document.querySelectorAll('form.wcc-correction')].find(same)
      form.querySelector('button').click()
    }, sent.fields),
  ])
  return response
}

// Shapes that would not be seen in forced colours: nothing of them has another colour than what is behind them.
const unseen = () => {
  const canvas = getComputedStyle(document.body).backgroundColor
  const isSeen = (node) => {
    const style = getComputedStyle(node)
    const paints = [style.fill, parseFloat(style.strokeWidth) > 0 ? style.stroke : 'none']
    return paints.some((paint) => paint !== 'none' && paint !== canvas)
  }
  // A sign on a shape has the colour of what is behind the shape.
  const shapes = [...document.querySelectorAll('main svg :is(rect, circle, path, line, polyline, text, use):not(.wcc-shape__tick)')]
  return shapes.filter((node) => node.getBoundingClientRect().width > 0 && !isSeen(node)).map((node) => node.outerHTML)
}

// Marks whose shape has only the colour of the words.
const uncoloured = () => {
  const marks = [...document.querySelectorAll('main :is(.wcc-mark--best, .wcc-mark--good, .wcc-mark--middling, .wcc-mark--worst)')]
  const colour = (node) => getComputedStyle(node).color
  return marks.filter((mark) => [...mark.children].some((shape) => shape.matches('svg') && colour(shape) === colour(mark)))
    .map((mark) => mark.outerHTML)
}

async function lookInForcedColours(page, name, said) {
  const protocol = await page.createCDPSession()
  for (const scheme of ['light', 'dark']) {
    const features = [
      { name: 'forced-colors', value: 'active' },
      { name: 'prefers-color-scheme', value: scheme },
    ]
    await protocol.send('Emulation.setEmulatedMedia', { features })
    const shapes = await page.evaluate(unseen)
    if (shapes.length) said.push(`forced colours, ${scheme}: not seen: ${shapes[0].slice(0, 160)} (${shapes.length})`)
    if (shots) await page.screenshot({ path: join(shots, `${name}-forced-${scheme}.png`), fullPage: true })
  }
  await protocol.send('Emulation.setEmulatedMedia', { features: [] })
  await protocol.detach()
}

// How many tables a screen reader does not find as tables, because they are laid out as lists.
async function lostTables(page) {
  const protocol = await page.createCDPSession()
  const { nodes } = await protocol.send('Accessibility.getFullAXTree')
  await protocol.detach()
  const found = nodes.filter((node) => !node.ignored && node.role?.value === 'table').length
  const shown = await page.$$eval('table', (tables) => tables.filter((table) => table.checkVisibility()).length)
  return shown - found
}

const answerTo = async (path, fields) => (await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })).text()

async function look(browser, asked) {
  const { path } = asked
  const page = await browser.newPage()
  const said = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  page.on('requestfailed', (request) => said.push(`${request.url()} failed`))
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) said.push(`${request.url()} is elsewhere`)
  })
  const response = await open(page, asked)
  // The browser does not keep what a form was answered with.
  const html = asked.sent ? await page.evaluate(answerTo, path, asked.sent.fields) : await response.text()
  if (!response.ok()) said.push(`status ${response.status()}`)
  for (const width of widths) {
    await page.setViewport({ width, height: 900 })
    const { violations } = await new AxePuppeteer(page).withTags(tags).analyze()
    for (const { id, help, nodes } of violations) {
      said.push(`${width}: axe ${id}: ${help}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`)
    }
    const scroll = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    const lost = await lostTables(page)
    if (lost > 0) said.push(`${width}: ${lost} tables are none to a screen reader`)
    if (scroll > 0) said.push(`${width}: ${scroll} pixels wider than the screen`)
    if (shots) await page.screenshot({ path: join(shots, `${kind(path).replaceAll('/', '_')}-${width}.png`), fullPage: true })
  }
  const plain = await page.evaluate(uncoloured)
  if (plain.length) said.push(`without its colour: ${plain[0].slice(0, 160)} (${plain.length})`)
  if (isServer) await lookInForcedColours(page, kind(path).replaceAll('/', '_'), said)
  if (all || !isServer) {
    await page.emulateMediaType('print')
    const { violations } = await new AxePuppeteer(page).withTags(tags).analyze()
    for (const { id, nodes } of violations) said.push(`print: axe ${id}: ${nodes[0].html.slice(0, 160)}`)
    if (shots) await page.pdf({ path: join(shots, `${kind(path).replaceAll('/', '_')}.pdf`), format: 'A4' })
  }
  const links = await page.$$eval('a[href]', (anchors) => anchors.map((anchor) => anchor.getAttribute('href')))
  const corrections = await page.$$eval('form.wcc-correction', (forms) =>
    forms.map((form) => ({ action: new URL(form.action).pathname, fields: [...new FormData(form)] })),
  )
  await page.close()
  const report = await validator.validateString(html)
  for (const result of report.results) {
    for (const { ruleId, message, line, column } of result.messages) {
      said.push(`html-validate ${ruleId}: ${message} (${line}:${column}: ${html.split('\n')[line - 1].slice(column - 1, column + 120)})`)
    }
  }
  return { html, links, corrections, said }
}

const browser = await puppeteer.launch({
  executablePath: process.env.BROWSER ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
if (shots) mkdirSync(shots, { recursive: true })
if (process.env.ACCOUNT) {
  const page = await browser.newPage()
  await page.goto(`${address}/sign-in`)
  await page.type('#name', process.env.ACCOUNT)
  await page.type('#password', process.env.PASSWORD)
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
  if (new URL(page.url()).pathname !== '/desk') complain(`signing in leads to ${page.url()}`)
  await page.close()
}
if (process.env.INVITATION) {
  const page = await browser.newPage()
  await page.goto(`${address}/survey`)
  await page.type('#invitation', process.env.INVITATION)
  await Promise.all([page.waitForNavigation(), page.click('main button')])
  if (!(await page.$('a[href^="/survey/questions"]'))) complain('an invitation leads to no questions')
  await page.close()
}
const files = mkdtempSync(join(tmpdir(), 'pages-'))
const start = isServer ? ['/'] : readdirSync(source).filter((name) => name.endsWith('.html'))
// Pages that were looked at and are still to be looked at, by their kind.
const looked = new Map()
const waiting = new Map()
const seen = new Set()
const paths = []
function find(key, asked) {
  if (seen.has(key)) return
  seen.add(key)
  const of = kind(asked.path)
  if (!waiting.has(of)) waiting.set(of, [])
  waiting.get(of).push(asked)
}
// The first page of a kind that nobody has looked at; then from each kind as many more as the sample has, spread evenly over its pages.
function next() {
  for (const [of, pages] of waiting) if (!looked.has(of) && pages.length) return pages.shift()
  for (const [of, pages] of waiting) {
    const missing = sample - looked.get(of)
    if (missing > 0 && pages.length) return pages.splice(every ? 0 : Math.floor((pages.length - 1) / missing), 1)[0]
  }
  return undefined
}
for (const path of start) find(path, { path })
for (let asked = next(); asked; asked = next()) {
  const { path } = asked
  looked.set(kind(path), (looked.get(kind(path)) ?? 0) + 1)
  const { html, links, corrections, said } = await look(browser, asked)
  paths.push(path)
  writeFileSync(join(files, `${paths.length}.html`), html)
  for (const one of said) complain(`${path}: ${one}`)
  for (const link of links) {
    const plain = link.replace(/#.*/, '')
    const isPage = plain.startsWith('/') && !/^\/(graphiql|reports|assets|documents)/.test(plain) && !/[?&](sort|table)=/.test(plain)
    if (isPage) find(plain, { path: plain })
  }
  for (const { action, fields } of corrections) find(`${action} ${JSON.stringify(fields)}`, { path: action, sent: { from: path, fields } })
}
await browser.close()
if (all) {
  try {
    execFileSync('java', ['-jar', vnu.default ?? vnu, '--errors-only', files], { stdio: 'pipe' })
  } catch (error) {
    for (const line of String(error.stderr).trim().split('\n')) {
      complain(`W3C checker: ${line.replace(/"file:.*\/(\d+)\.html"/, (_, number) => paths[number - 1])}`)
    }
  }
}
rmSync(files, { recursive: true })
console.log(isServer ? `${paths.length} pages of ${looked.size} kinds, ${wrong.length} findings` : `${paths.length} documents, ${wrong.length} findings`)
process.exit(wrong.length || looked.size < (isServer ? 10 : 1) ? 1 : 0)
