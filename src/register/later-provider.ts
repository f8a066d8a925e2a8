import { trace } from '@opentelemetry/api';
import type { CostSpanProcessor } from '../processor/processor.js';
import { anotherRuntimeWaits } from '../runtime/runtime.js';
import { notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';

type Api = typeof import('@opentelemetry/api');

const LINE_TO_ADD = 'spanProcessors: [new CostSpanProcessor(), yourProcessor]';

/** A provider of the app's was there first. */
export function tellEarlierProvider(): void {
  notice(`a tracer provider is already registered, so nothing was added. Add to it: ${LINE_TO_ADD}`);
}

/** Notices a provider that the app registers later. One that is bundled with its own API is not seen. */
export class LaterProviderWatch {
  seen = false;

  constructor(
    packages: PackageFinder,
    private readonly processor: CostSpanProcessor,
  ) {
    const appFile = packages.find('@opentelemetry/api');
    const copies = new Set([trace]);
    if (appFile !== undefined) copies.add(loadPackage<Api>(appFile).trace);
    for (const api of copies) {
      const register = api.setGlobalTracerProvider;
      api.setGlobalTracerProvider = (provider) => {
        const tookEffect = register.call(api, provider);
        this.notice(tookEffect);
        return tookEffect;
      };
    }
  }

  /** The API keeps the provider that was registered first, which need not be ours: there may be no SDK for it. */
  private notice(tookEffect: boolean): void {
    if (this.seen) return;
    this.seen = true;
    const registered = 'the app registered a tracer provider of its own';
    if (!tookEffect) {
      notice(
        `${registered}, which takes no effect: that of otel-agent-cost/register came first, and has the spans. ` +
          `Start without it and add to yours: ${LINE_TO_ADD}`,
      );
    } else if (anotherRuntimeWaits()) {
      void this.processor.shutdown();
    } else {
      notice(`${registered}. Add to it: ${LINE_TO_ADD}`);
    }
  }
}
