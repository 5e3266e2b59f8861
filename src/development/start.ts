// `npm start`: the gateway alone, on what the environment configures and, for whatever it does not, on a development site in `.data/`.
// A production gateway is `node dist/src/main.js`, which knows no such site.
import { currentEnvironment, readConfig } from '../config.ts';
import { startGateway } from '../gateway.ts';
import { registerDevelopmentIvan } from './ivan.ts';
import { openSite, siteFolder } from './site.ts';

const environment = currentEnvironment();
const site = await openSite({ now: new Date(), stampsBy: () => new Date(), environment });
const gateway = await startGateway(readConfig(site.gatewayEnvironment), {
  now: () => new Date(),
  random: Math.random,
  log: (message, details) => { console.log(JSON.stringify({ time: new Date().toISOString(), message, ...details })); },
});
// Never into a database of somebody else's: 00040 is a real I-VAN's code.
if (site.database !== undefined) await registerDevelopmentIvan(gateway.database, site.pki, new Date());

console.log(`
Cổng đang chạy tại ${gateway.url} (địa điểm thử nghiệm, chứng thư thử nghiệm trong ${siteFolder()}/pki)
The gateway listens at ${gateway.url} (development site, development certificates in ${siteFolder()}/pki)

  curl --cacert ${site.trustFolder}/root.pem ${gateway.url}/health/ready
  npx ivan submit <Hoso.xml> --url ${gateway.url} --ca ${site.trustFolder}/root.pem --cert ${site.fileOf('ivan', 'chain.pem')} --key ${site.fileOf('ivan', 'key')}

Ctrl-C để dừng / to stop.
`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void gateway.stop().then(() => site.stop()).then(() => process.exit(0));
  });
}
