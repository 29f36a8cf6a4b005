import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { EngineSteps, isComponent, plainMessage, shortType } from "../engine/events";
import type { Timeline } from "./timeline";

/**
 * Writes engine events into the timeline: each resource that was worked on, with its duration, and the engine's errors.
 * Components are left out: they take no time of their own.
 * @param minSeconds Quicker steps are left out, failures never. @default 0.2
 */
export function engineEventsTo(timeline: Timeline, minSeconds = 0.2): (event: EngineEvent) => void {
  const steps = new EngineSteps();
  return (event) => {
    const step = steps.accept(event);
    if (step?.state === "failed")
      timeline.event(`${step.op} ${shortType(step.type)} ${step.name} FAILED after ${step.seconds.toFixed(1)} s`);
    if (step?.state === "finished" && step.seconds >= minSeconds && !isComponent(event)) {
      timeline.event(`${step.op} ${shortType(step.type)} ${step.name} (${step.seconds.toFixed(1)} s)`);
    }
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.severity === "error") timeline.event(`error: ${plainMessage(diagnostic.message)}`);
  };
}
