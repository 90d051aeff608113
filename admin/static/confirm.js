// Asks before a form is sent whose button says so. It listens before everybody else, so that no other
// handler sends the form first; inline handlers do not run under the content security policy.
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var question = (event.submitter && event.submitter.getAttribute("data-confirm")) || event.target.getAttribute("data-confirm");
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // the "add" button of rows inside a form: its own handler is an inline one
  document.addEventListener("click", function (event) {
    var button = event.target.closest("a[onclick*='addInlineField']");
    if (button && window.faForm) {
      event.preventDefault();
      event.stopImmediatePropagation();
      window.faForm.addInlineField(button, button.id.replace(/-button$/, ""));
    }
  }, true);
})();
