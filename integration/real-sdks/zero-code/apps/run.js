/** Runs the scenarios that the app was started with, one after the other. */
export async function run(scenarios) {
  for (const name of process.argv.slice(2)) await scenarios[name]();
}

/** Where the provider serves a scenario. */
export function urlOf(scenario) {
  return `${process.env.PROVIDER_URL}/${scenario}`;
}
