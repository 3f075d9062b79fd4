// Set before htmx starts (on DOMContentLoaded): nothing that the content security policy forbids,
// and refusals (409) and invalid forms (422) are shown like answers.
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
// Without "style": a field that somebody made larger has one, which htmx would copy to its successor.
htmx.config.attributesToSettle = ["class", "width", "height"];
htmx.config.historyCacheSize = 0;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "409", swap: true, error: false },
  { code: "422", swap: true, error: false },
  { code: "[45]..", swap: false, error: true },
];
