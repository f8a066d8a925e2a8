import { withTask } from 'otel-agent-cost';
import { from, lastValueFrom } from 'rxjs';

/** The rest of the request runs when the Observable is subscribed to: inside the task. */
export class TaskInterceptor {
  intercept(context, next) {
    const { request } = context.switchToHttp().getRequest().params;
    return from(
      withTask(request, async (task) => {
        const words = await lastValueFrom(next.handle());
        return { totals: { ...task.totals }, words };
      }),
    );
  }
}
