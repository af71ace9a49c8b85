// A person without a mouse: reaches everything with Tab, chooses with arrows and Space, follows and sends with Enter. At
// each stop the focus must be seen: the element, or its label, looks different, is on the screen, and nothing covers it.
import assert from 'node:assert/strict'

// More stops than any page has.
const MOST_STOPS = 600

// What is wrong with the focus that somebody sees now; undefined if nothing is.
const problem = () => {
  const focused = document.activeElement
  // Behind the last stop, the browser itself has the focus.
  if (!focused || focused === document.body || focused === document.documentElement) return undefined
  const isChoice = focused.matches('input[type=radio], input[type=checkbox]')
  const shown = isChoice ? (focused.labels[0] ?? focused) : focused
  const name = `${focused.outerHTML.slice(0, 120)} on ${location.pathname}`
  const styles = [getComputedStyle(focused), getComputedStyle(shown, '::before'), getComputedStyle(shown)]
  const isOpaque = (colour) => colour !== 'transparent' && !/, 0\)$/.test(colour)
  const isSeen = styles.some(
    (style) =>
      (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && isOpaque(style.outlineColor)) ||
      style.boxShadow !== 'none' ||
      style.backgroundColor === 'rgb(255, 235, 59)',
  )
  if (!isSeen) return `no focus is seen at ${name}`
  // Where forced colours take away shadows and backgrounds, only an outline is left.
  if (!styles.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)) {
    return `no outline for forced colours at ${name}`
  }
  const box = shown.getClientRects()[0]
  if (!box || box.width === 0 || box.height === 0) return `nothing is shown of ${name}`
  const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)]
  const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)]
  if (right <= left || bottom <= top) return `out of view: ${name}`
  const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
  const isThere = on && (shown.contains(on) || on.contains(shown) || focused === on)
  return isThere ? undefined : `${on?.outerHTML.slice(0, 80)} covers ${name}`
}

let stops = 0
export const stopsSeen = () => stops

// Goes on to an element, or to the choices that it belongs to.
export async function reach(page, element) {
  await page.bringToFront()
  const isReached = (node) => {
    const focused = document.activeElement
    return focused === node || (node.type === 'radio' && focused.type === 'radio' && focused.name === node.name && focused.form === node.form)
  }
  for (let tried = 0; tried < MOST_STOPS; tried += 1) {
    if (await element.evaluate(isReached)) return
    await page.keyboard.press('Tab')
    stops += 1
    const wrong = await page.evaluate(problem)
    assert.equal(wrong, undefined)
  }
  assert.fail(`Tab does not lead to ${await element.evaluate((node) => node.outerHTML.slice(0, 160))}`)
}

// Opens the parts in which an element is.
async function uncover(page, element) {
  const closed = await element.evaluateHandle((node) => node.closest('details:not([open])')?.querySelector('summary') ?? null)
  const summary = closed.asElement()
  if (!summary) return
  await reach(page, summary)
  await page.keyboard.press('Enter')
}

// Chooses one of several.
export async function choose(page, radio) {
  await uncover(page, radio)
  await reach(page, radio)
  const count = await radio.evaluate((node) => document.getElementsByName(node.name).length)
  if (await page.evaluate(() => !document.activeElement.checked)) await page.keyboard.press('Space')
  for (let tried = 0; tried < count; tried += 1) {
    if (await radio.evaluate((node) => node.checked)) return
    await page.keyboard.press('ArrowDown')
  }
  assert.fail('arrows do not lead to the choice')
}

// Ticks a box.
export async function tick(page, box) {
  await uncover(page, box)
  await reach(page, box)
  await page.keyboard.press('Space')
  assert.ok(await box.evaluate((node) => node.checked), 'Space ticks the box')
}

// Gives a field another value.
export async function enter(page, field, value) {
  await uncover(page, field)
  await reach(page, field)
  const [name, type] = await field.evaluate((node) => [node.localName, node.type])
  if (name === 'select') {
    const count = await field.evaluate((node) => node.options.length)
    await page.keyboard.press('Home')
    for (let tried = 0; tried < count; tried += 1) {
      if (await field.evaluate((node, value) => node.value === value, value)) return
      await page.keyboard.press('ArrowDown')
    }
    assert.fail(`arrows do not lead to ${value}`)
  }
  if (type === 'date') {
    // As Chromium takes it in American English, which is what it speaks without a screen.
    const [year, month, day] = value.split('-')
    await page.keyboard.type(`${month}${day}${year}`)
    assert.equal(await field.evaluate((node) => node.value), value)
    return
  }
  await page.keyboard.down('Control')
  await page.keyboard.press('a')
  await page.keyboard.up('Control')
  // A line break in a field of several lines is Enter.
  await page.keyboard.type(value)
}

// Follows a link, or presses a button.
export async function use(page, element) {
  await uncover(page, element)
  await reach(page, element)
  await page.keyboard.press('Enter')
}
