// Plays a year in a real browser, role by role, from the first phase to the release, as people would: each
// signs in, finds on the desk what is due, follows links and fills in forms.
//
//   node year.mjs ADDRESS CYCLE
//
// Four of them have no mouse (keyboard.mjs): who assesses what is shared, a member who scores, the chair who records
// what the panel agreed, and the assurer who opens phases and releases.
//
// PASSWORD is that of every account; BROWSER names the browser; SHOTS=FOLDER keeps pictures.
import puppeteer from 'puppeteer-core'
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as keyboard from './keyboard.mjs'

const [address, cycle] = process.argv.slice(2)
const { PASSWORD: password, SHOTS: shots } = process.env
const group = 'south-of-tyne-and-wear'
const region = 'Q30'
const bodies = ['5KF', '5KG', '5KL']
const of = (path) => `/cycles/${cycle}${path}`
if (shots) mkdirSync(shots, { recursive: true })

const browser = await puppeteer.launch({
  executablePath: process.env.BROWSER ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--lang=en-US'],
})
let steps = 0
const done = (words) => {
  steps += 1
  console.log(`${String(steps).padStart(2)} ${words}`)
}

// Somebody with a browser of their own.
class Person {
  static async enter(account, hasMouse = true) {
    const person = new Person()
    person.hasMouse = hasMouse
    person.context = await browser.createBrowserContext()
    person.account = account
    person.page = await person.tab()
    if (account) {
      await person.open('/sign-in')
      await person.page.focus('#name')
      await person.page.keyboard.type(account)
      await person.page.keyboard.press('Tab')
      await person.page.keyboard.type(password)
      await person.leave(() => person.page.keyboard.press('Enter'))
      assert.equal(new URL(person.page.url()).pathname, '/desk', `${account} signs in`)
    }
    return person
  }

  async tab() {
    const page = await this.context.newPage()
    page.setDefaultTimeout(20_000)
    await page.setViewport({ width: 1280, height: 900 })
    return page
  }

  async open(path, page = this.page) {
    const response = await page.goto(address + path)
    assert.equal(response.status(), 200, `${this.account ?? 'the public'} opens ${path}`)
  }

  async leave(act, page = this.page) {
    const [response] = await Promise.all([page.waitForNavigation(), act()])
    return response
  }

  async text(page = this.page) {
    return page.$eval('main', (main) => main.innerText)
  }

  // Clicks on a link or a button, or does without a mouse what a click does.
  async use(element, page = this.page) {
    return this.hasMouse ? element.evaluate((node) => node.click()) : keyboard.use(page, element)
  }

  async tick(box, page = this.page) {
    return this.hasMouse ? box.evaluate((node) => node.click()) : keyboard.tick(page, box)
  }

  // Follows the first link with these words.
  async follow(words) {
    const links = await this.page.$$('main a[href]')
    for (const link of links) {
      const text = await link.evaluate((node) => node.textContent)
      if (text.includes(words)) {
        await this.leave(() => this.use(link))
        return
      }
    }
    assert.fail(`${this.account} finds no link "${words}" on ${this.page.url()}:\n${await this.text()}`)
  }

  async press(words, page = this.page) {
    const buttons = await page.$$('main button')
    for (const button of buttons) {
      const text = await button.evaluate((node) => node.textContent)
      if (text.includes(words)) return this.leave(() => this.use(button, page), page)
    }
    assert.fail(`${this.account} finds no button "${words}" on ${page.url()}:\n${await this.text(page)}`)
  }

  // Fills fields in by their names.
  async fill(values, page = this.page) {
    if (this.hasMouse) await page.$$eval('main details', (parts) => parts.forEach((part) => (part.open = true)))
    for (const [name, value] of Object.entries(values)) {
      const field = await page.$(`main [name="${name}"]`)
      assert.ok(field, `${this.account}: ${page.url()} has no field ${name}`)
      const kind = await field.evaluate((node) => [node.localName, node.type])
      if (kind[1] === 'checkbox') {
        for (const one of value.split('\n')) await this.tick(await page.$(`main [name="${name}"][value="${one}"]`), page)
        continue
      }
      if (!this.hasMouse) {
        await keyboard.enter(page, field, value)
        continue
      }
      if (kind[0] === 'select') {
        const chosen = await page.select(`main [name="${name}"]`, value)
        assert.deepEqual(chosen, [value], `${name} offers ${value} on ${page.url()}`)
      } else if (kind[1] === 'date') {
        await field.evaluate((node, day) => (node.value = day), value)
      } else {
        await field.evaluate((node, text) => (node.value = text), value)
      }
    }
  }

  async save(page = this.page) {
    await this.press('Save', page)
    assert.ok(await page.$('#saved'), `${this.account} saves on ${page.url()}:\n${await this.text(page)}`)
  }

  // Fills a form in that a link leads to, and saves it.
  async enter(words, values) {
    await this.follow(words)
    await this.fill(values)
    await this.save()
  }

  // Fills a form in that begins with what was recorded, and saves it.
  async correct(words, values) {
    await this.press(words)
    await this.fill(values)
    await this.save()
  }

  async choose(measure, value, rationale, page = this.page) {
    const radio = await page.$(`main [name="value-${measure}"][value="${value}"]`)
    await (this.hasMouse ? radio.evaluate((node) => node.click()) : keyboard.choose(page, radio))
    if (rationale !== undefined) await this.fill({ [`rationale-${measure}`]: rationale }, page)
  }

  // Waits until the page shows these words, without loading it again.
  async sees(words) {
    await this.page.bringToFront()
    try {
      await this.page.waitForFunction((words) => document.querySelector('main').textContent.includes(words), { timeout: 10_000 }, words)
    } catch {
      const live = await this.page.$eval('#live', (said) => said.textContent)
      assert.fail(`${this.account} does not see "${words}" on ${this.page.url()} (${live}):\n${await this.text()}`)
    }
  }

  // Rates every measure of a list of tasks: the step at this place of its scale.
  async assess(body, method, place) {
    await this.open(of(`/bodies/${body}/assess?method=${method}`))
    const tasks = await this.page.$$eval('.nhsuk-task-list__link', (links) => links.map((link) => link.getAttribute('href')))
    assert.ok(tasks.length > 0)
    await this.open(tasks[0])
    for (let number = 0; number < tasks.length; number += 1) {
      for (const set of await this.page.$$('main fieldset')) {
        const radio = (await set.$$('input[type=radio]')).at(place)
        if (radio) await (this.hasMouse ? radio.evaluate((node) => node.click()) : keyboard.choose(this.page, radio))
      }
      await this.press('Save and go on')
    }
    const text = await this.text()
    assert.match(text, new RegExp(`completed ${tasks.length} of ${tasks.length} sections`), `${this.account}: ${text}`)
  }

  async picture(name) {
    if (shots) await this.page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  }
}

const openPhase = async (person, phase, supersedes) => {
  await person.open(of('/timetable'))
  await person.follow(supersedes ? 'Open another phase' : 'Open a phase')
  await person.fill({ body: region, phase })
  await person.save()
  done(`${person.account} opens ${phase}`)
}

// Opening.
const operator = await Person.enter('operator')
await openPhase(operator, 'toolkit', false)
const assurer = await Person.enter('assurer', false)
await openPhase(assurer, 'self-assessment', true)

// Self-assessment: what is shared once, and each PCT's own.
const executives = {}
for (const body of [group, ...bodies]) executives[body] = await Person.enter(`executive-${body}`, body !== group)
const lead = executives[group]
await lead.open('/desk')
await lead.picture('desk-executive')
await lead.assess(group, 'self', 1)
done('what the cluster shares is assessed, once')
for (const body of bodies) {
  await executives[body].assess(body, 'self', 1)
  done(`${body} assesses its own`)
}

// A second click saves once; so does the form that the back button shows.
const shared = of(`/bodies/${group}/assess/1?method=self`)
const history = of(`/bodies/5KF/history/1a`)
const entries = async (person) => {
  const tab = await person.tab()
  await person.open(history, tab)
  const rows = await tab.$$eval('#history tbody tr', (rows) => rows.length)
  await tab.close()
  return rows
}
const before = await entries(lead)
await lead.open(shared)
await lead.choose('1a', '2', 'Partners name the PCTs first.')
await lead.leave(() => lead.page.$eval('main button[value=list]', (button) => { button.click(); button.click() }))
assert.equal(await entries(lead), before + 1, 'two clicks record one entry')
await lead.page.goBack()
await lead.choose('1a', '2', 'Partners name the PCTs first.')
await lead.press('Save')
assert.equal(await entries(lead), before + 1, 'a form from the back button with the same contents records nothing more')
done('a second click and the back button record nothing twice')

// The connection is lost half-way: what was typed is still there, with scripts and without.
const network = await lead.page.createCDPSession()
const connect = (offline) =>
  network.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
await network.send('Network.enable')
const typed = () => lead.page.$eval('main [name="rationale-1b"]', (field) => field.value)
const send = () => lead.page.$eval('main button[value=list]', (button) => button.click())
for (const scripts of [true, false]) {
  await lead.page.setJavaScriptEnabled(scripts)
  await lead.open(shared)
  await lead.choose('1b', '3', `Typed before the connection was lost, scripts ${scripts}.`)
  await connect(true)
  await send()
  await new Promise((resolve) => setTimeout(resolve, 500))
  await connect(false)
  await lead.page.goBack()
  assert.equal(await typed(), `Typed before the connection was lost, scripts ${scripts}.`)
  await lead.choose('1b', '3')
  await lead.press('Save')
}
await lead.page.setJavaScriptEnabled(true)
done('a form survives a lost connection')

// Two tabs: the second is told what the first recorded.
const other = await lead.tab()
await lead.open(shared, other)
await lead.open(shared)
await lead.choose('1c', '1', 'From the first tab.')
await lead.press('Save')
await lead.choose('1c', '4', 'From the second tab.', other)
await lead.press('Save', other)
assert.match(await lead.text(other), /Recorded meanwhile[^]*From the first tab\./)
assert.equal(await other.$eval('main [name="rationale-1c"]', (field) => field.value), 'From the second tab.')
await lead.press('Save', other)
await other.close()
done('two tabs: the later one is told, and what was typed is kept')

// Plans and actions, on the page of a PCT.
const gateshead = executives['5KF']
await gateshead.open(of('/bodies/5KF/plans'))
await gateshead.enter('Add an action', { text: 'Ask partners again before the panel.', owner: 'A. Director', due: '2008-10-15' })
await gateshead.correct('Report progress', { state: 'STARTED', progress: 'Two of five were asked.' })
await gateshead.enter('Allocate', { person: 'B. Director', jobTitle: 'Director of Commissioning' })
assert.match(await gateshead.text(), /Two of five were asked\.[^]*B\. Director/)
await gateshead.picture('plans')
done('an action is planned and reported on, and an area gets a lead')

// Submitted and ratified.
for (const body of bodies) {
  const executive = executives[body]
  await executive.open(of(`/bodies/${body}/approvals`))
  await executive.press('Give: Self-assessment submitted')
  const board = await Person.enter(`board-${body}`)
  await board.open('/desk')
  await board.follow('ratified')
  await board.press('Give: Self-assessment ratified')
  assert.match(await board.text(), /Given/)
  await board.context.close()
}
done('every self-assessment is submitted, and ratified by its board')

// Frozen from then on: refused in words.
await lead.open(shared)
await lead.choose('1a', '4', 'Too late.')
const refused = await lead.press('Save')
assert.equal(refused.status(), 422)
await lead.picture('frozen')
done('what the board ratified cannot be changed any more')

// The panel.
const seats = [
  ['Invented chair', 'peer', true],
  ['Invented member one', 'local-authority', false],
  ['Invented member two', 'analyst', false],
  ['Invented member three', 'sha', false],
  ['Invented member four', 'peer', false],
]
for (const [person, category, chairs] of seats) {
  await assurer.open(of(`/bodies/${group}/panel`))
  await assurer.enter('Appoint a member', { person, name: person, category, chairs: String(chairs) })
}
await assurer.enter('Plan the day', { date: '2008-11-12', venue: 'The invented hall', 'interviews.0.starts': '09:30', 'interviews.0.with': 'the executive', 'interviews.1.starts': '14:00', 'interviews.1.with': 'the board' })
assert.match(await assurer.text(), /Invented member four[^]*/)
done('a panel of five is appointed, and its day planned')
await openPhase(assurer, 'panel-days', true)

const chair = await Person.enter('chair', false)
const one = await Person.enter('member-one', false)
const two = await Person.enter('member-two')
for (const person of [chair, one, two]) {
  await person.open('/desk')
  await person.follow('interests')
  await person.fill({ nothingToDeclare: 'true' })
  await person.save()
}
done('interests are declared')

// Two members at once, blind first, then live.
const scores = of(`/bodies/${group}/assess/1?method=score`)
const panel = of(`/bodies/${group}/panel`)
await one.open(panel)
await two.open(scores)
await two.choose('1a', '3', 'What partners told us.')
await two.choose('1b', '2')
await two.press('Save')
await new Promise((resolve) => setTimeout(resolve, 3_000))
assert.doesNotMatch(await one.text(), /What partners told us/, 'blind before the own score')
const scoring = await one.tab()
await one.open(scores, scoring)
await one.choose('1a', '1', 'What we heard.', scoring)
await one.press('Save', scoring)
await one.sees('What partners told us')
await two.open(panel)
await one.open(scores, scoring)
await one.choose('1a', '2', 'Changed once the other was seen.', scoring)
const changed = await one.press('Save', scoring)
assert.equal(changed.status(), 422)
assert.match(await one.text(scoring), /cannot be changed: others have scored/)
await one.open(scores, scoring)
await one.choose('1b', '4', 'What we read again.', scoring)
await one.press('Save', scoring)
await two.sees('read again')
await two.picture('panel-live')
done('two members score blind, then see each other, live')

await chair.assess(group, 'panel', 2)
for (const body of bodies) await chair.assess(body, 'panel', 1)
done('the chair records what the panel agreed')

// Calibration, with the effect of a change before it is made; the check of facts beside it.
await openPhase(assurer, 'calibration', true)
await gateshead.open(of('/bodies/5KF/facts'))
await gateshead.enter('Comment on the draft', { comment: 'The report says Gateshead Council; the partner was Gateshead Access Panel.' })
await chair.open(of('/bodies/5KF/facts'))
await chair.enter('Reply', { accepted: 'true', reason: 'Corrected in the report.' })
await gateshead.open(of('/bodies/5KF/facts'))
assert.match(await gateshead.text(), /Accepted[^]*Corrected in the report\./)
done('a comment on the facts is made and answered')

await assurer.open(of('/calibration'))
await assurer.fill({ body: group, subject: '1a', value: '2' })
const looked = await assurer.leave(() => assurer.page.$eval('main [name=subject]', (field) => field.form.requestSubmit()))
assert.equal(looked.status(), 200)
assert.match(await assurer.text(), /results would change/)
await assurer.picture('calibration')
await assurer.enter('Record this value', { reason: 'Level with the other clusters of the region.' })
done('a value is calibrated after its effect was looked at')

// Release: until then, a PCT and the public see nothing of the result.
const everybody = await Person.enter(undefined)
const scorecard = of('/bodies/5KF')
const hidden = await everybody.page.goto(address + scorecard)
assert.equal(hidden.status(), 404, 'nothing is visible before the release')
await openPhase(assurer, 'release', true)
await assurer.open(of('/timetable'))
await assurer.enter('Release results', { body: region, to: 'public\nexecutive\nboard', from: '2009-03-01', uses: 'For the development of each PCT.' })
await everybody.open(scorecard)
assert.match(await everybody.text(), /For the development of each PCT/)
await everybody.picture('released')
await gateshead.open(of('/bodies/5KF/why/1a'))
assert.match(await gateshead.text(), /Level with the other clusters/)
done('results are released, and everybody sees them')

await browser.close()
console.log(`a year in the browser: ${steps} steps, all right; the focus was seen at ${keyboard.stopsSeen()} stops of the keyboard`)
