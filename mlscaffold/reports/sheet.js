
"use strict";
(function () {
  const form = document.getElementById("sheet");
  const done = document.getElementById("done");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const answers = JSON.parse(form.dataset.identity);
    answers.name = form.elements["name"].value.trim();
    answers.role = form.elements["role"].value;
    answers.date = form.elements["date"].value;
    answers.answers = {};
    answers.remarks = {};
    for (const item of form.querySelectorAll("fieldset[data-item]")) {
      const chosen = item.querySelector("input[type=radio]:checked");
      answers.answers[item.dataset.item] = chosen ? chosen.value : "";
      const remark = item.querySelector("input[type=text]").value.trim();
      if (remark) answers.remarks[item.dataset.item] = remark;
    }
    const text = JSON.stringify(answers, null, 1) + "\n";
    document.getElementById("text").value = text;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = form.dataset.answers;
    document.body.appendChild(link);
    link.click();
    link.remove();
    done.hidden = false;
    done.focus();
  });
})();
