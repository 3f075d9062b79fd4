// A real AT Protocol network on loopback: PLC directory, PDS and AppView, with made-up accounts.
//
// Environment: DB_POSTGRES_URL and REDIS_HOST (the AppView's stores), LIVE_NETWORK_FILE (where to
// write the addresses and accounts as JSON once everything answers), LIVE_PORT (PDS; the AppView
// takes the next port, the PLC directory the one before; default 2583).
// Runs until SIGTERM or SIGINT, then stops every server and removes the file.
import assert from 'node:assert'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestNetwork } from '@atproto/dev-env'

const OFFICIAL = { handle: 'samudrakota.test', name: 'Pemerintah Kota Samudra' }
const CITIZENS = [
  { handle: 'melati.test', name: 'Melati' },
  { handle: 'bagus.test', name: 'Bagus' },
  { handle: 'tigor.test', name: 'Tigor' },
]
// Never used by a person: its sign-ins are used up to see the platform's rate limit.
const IMPATIENT = { handle: 'terburu.test', name: 'Terburu-buru' }

const file = process.env.LIVE_NETWORK_FILE
const port = Number(process.env.LIVE_PORT ?? 2583)
assert(file, 'LIVE_NETWORK_FILE is not set: where should the addresses be written?')
assert(Number.isInteger(port) && port > 1024 && port < 65535, 'LIVE_PORT is not a usable port')

// The PDS starts empty every time, so the AppView must not find the rows of an earlier run. A schema
// name may have no digit.
const moment = Date.now().toString(16)
const schema = `live_${moment.replace(/\d/g, (digit) => 'ghijklmnop'[digit])}`

const network = await TestNetwork.create({
  dbPostgresSchema: schema,
  plc: { port: port - 1 },
  pds: {
    port,
    hostname: 'localhost',
    enableDidDocWithSession: true, // as the public PDS does
    rateLimitsEnabled: true,
  },
  bsky: {
    port: port + 1,
    publicUrl: `http://localhost:${port + 1}`,
    dbPostgresSchema: `appview_${schema}`,
  },
})

async function register({ handle, name }) {
  const password = `${handle.split('.')[0]}-kata-sandi-uji`
  const agent = network.pds.getAgent()
  const { data } = await agent.createAccount({
    email: `${handle.split('.')[0]}@samudrakota.example`,
    handle,
    password,
  })
  await agent.upsertProfile((old) => ({ ...old, displayName: name }))
  return { account: { did: data.did, handle, password }, agent }
}

const { account: official, agent } = await register(OFFICIAL)
const { data: appPassword } = await agent.com.atproto.server.createAppPassword({
  name: 'govsocial',
})
official.app_password = appPassword.password
const citizens = []
for (const citizen of CITIZENS) citizens.push((await register(citizen)).account)
const impatient = (await register(IMPATIENT)).account
await network.processAll()

const description = {
  pds_url: network.pds.url,
  appview_url: network.bsky.url,
  plc_url: network.plc.url,
  // Signs the sessions of this PDS; the tests make an expired session with it.
  jwt_secret: 'jwt-secret',
  versions: {
    node: process.version,
    ...Object.fromEntries(
      ['dev-env', 'pds', 'bsky'].map((name) => [`@atproto/${name}`, version(name)]),
    ),
  },
  official,
  citizens,
  impatient,
}

function version(name) {
  // The packages do not export their package.json, so look beside the code of dev-env.
  const here = new URL(import.meta.resolve('@atproto/dev-env'))
  return JSON.parse(readFileSync(new URL(`../../${name}/package.json`, here))).version
}

// Whoever waits for the file must never read half of it.
writeFileSync(`${file}.part`, JSON.stringify(description, null, 2) + '\n')
renameSync(`${file}.part`, file)
console.log(`Ready: PDS ${network.pds.url}, AppView ${network.bsky.url}, accounts in ${file}`)

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    stopping = true
  })
}
while (!stopping) {
  try {
    await network.processAll(2000)
  } catch (error) {
    // A slow moment of the machine; the next round catches up.
    console.error(`processAll: ${error.message}`)
  }
  await sleep(500)
}
rmSync(file, { force: true })
await network.close()
console.log('Stopped.')
process.exit(0) // dev-env leaves timers of its own behind
