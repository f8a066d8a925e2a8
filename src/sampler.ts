export { AlwaysRecordSampler } from './processor/always-record.js';
