// Creates an ingestion job and follows it to its end:
//   node ingest.mjs 127.0.0.1:7101 /path/to/protos requests==2.32.3
// The arguments are the ingestion service, the folder `protos/` of codekiln, and installed distributions to read.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, protos, ...only] = process.argv.slice(2);
if (!address || !protos || only.length === 0) {
  console.error('usage: node ingest.mjs HOST:PORT PROTOS_FOLDER DISTRIBUTION...');
  process.exit(2);
}

const files = ['codekiln/v1/ingestion.proto', 'codekiln/v1/job.proto'];
const definition = loader.loadSync(files, {includeDirs: [protos], keepCase: true, enums: String, longs: String});
const {IngestionService, JobService} = grpc.loadPackageDefinition(definition).codekiln.v1;
const ingestion = new IngestionService(address, grpc.credentials.createInsecure());
const jobs = new JobService(address, grpc.credentials.createInsecure());

// Where tokens are on. Every call carries the metadata and a deadline.
const metadata = new grpc.Metadata();
if (process.env.CODEKILN_TOKEN) metadata.set('authorization', `Bearer ${process.env.CODEKILN_TOKEN}`);
const unary = (client, method, request) =>
  new Promise((resolve, reject) =>
    client[method](request, metadata, {deadline: Date.now() + 10_000}, (error, answer) =>
      error ? reject(error) : resolve(answer)));

// A stream ends with OK after ten minutes, and breaks when a server restarts: go on after the last revision.
async function follow(id) {
  let last = {revision: '0', state: ''};
  for (;;) {
    try {
      for await (const {job} of jobs.WatchJob({id, after_revision: last.revision}, metadata)) {
        last = job;
        if (job.progress) console.error(`${job.state} ${job.progress.phase} ${job.progress.done} ${job.progress.unit}`);
      }
    } catch (error) {
      if (error.code !== grpc.status.UNAVAILABLE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    if (/SUCCEEDED|FAILED|CANCELLED/.test(last.state)) return last;
  }
}

try {
  const spec = {sources: [{installed_packages: {only, exclude_standard_library: true}}], languages: ['Python']};
  const {job} = await unary(ingestion, 'CreateIngestion', {spec, request_id: `node-${only.join('-')}`});
  const ended = await follow(job.id);
  if (ended.state !== 'JOB_STATE_SUCCEEDED') throw new Error(`${ended.error.reason}: ${ended.error.message}`);
  const [artifact] = ended.artifacts;
  const kind = artifact.kind.replace('ARTIFACT_KIND_', '').toLowerCase();
  console.log(JSON.stringify({job: ended.id, artifact: `${kind}:${artifact.digest}`}));
} catch (error) {
  console.error(`error: ${error.details ?? error.message}`);
  process.exitCode = 1;
}
