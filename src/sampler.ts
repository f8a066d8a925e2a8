export { AlwaysRecordSampler } from './tracing/always-record.js';
