export { createScenarios } from './adk.js';
