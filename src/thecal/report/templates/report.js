"use strict";
(() => {
  const config = {
    responsive: true,
    displaylogo: false,
    displayModeBar: "hover",
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "svg" },
  };
  // Plotly stretches ranges to keep the spine's proportions; these are the figure's own.
  const ranges = [];
  const numbers = [];
  const charts = [...document.querySelectorAll("script[data-figure]")].map((source) => {
    const chart = document.getElementById(source.dataset.figure);
    const figure = JSON.parse(source.textContent);
    if (chart.id === "spine") {
      const { xaxis, yaxis, xaxis2 } = figure.layout;
      ranges.push([...xaxis.range], [...yaxis.range]);
      xaxis2.tickvals.forEach((value, k) => numbers.push([value, xaxis2.ticktext[k]]));
    }
    const options = { ...config, toImageButtonOptions: { format: "svg", filename: chart.id } };
    Plotly.newPlot(chart, figure.data, figure.layout, options).then(() => {
      if (figure.frames) Plotly.addFrames(chart, figure.frames);
      chart.dataset.ready = "yes";
    });
    return chart;
  });

  // The spine keeps its proportions: on a narrow screen it is lower and gets more of the width.
  const NARROW_PX = 520;
  const NARROW_HEIGHT = 700;
  let wasNarrow = false;
  const shapeOf = (chart, width) => {
    if (chart.id !== "spine") return {};
    const narrow = width < NARROW_PX;
    const decades = numbers.filter(([value]) => Number.isInteger(Math.log10(value)));
    const few = decades.length > 3 ? decades.filter((_, k) => (decades.length - k) % 2) : decades;
    const shown = narrow ? few : numbers;
    return {
      "xaxis.range": ranges[0].slice(),
      "yaxis.range": ranges[1].slice(),
      "xaxis.domain": narrow ? [0, 0.66] : [0, 0.5],
      "xaxis2.domain": narrow ? [0.76, 1] : [0.56, 1],
      "xaxis2.tickvals": shown.map(([value]) => value),
      "xaxis2.ticktext": shown.map(([, text]) => text),
      "legend.x": narrow ? 0.5 : 0.56,
    };
  };
  const usual = new Map(charts.map((chart) => [chart, parseInt(chart.style.height, 10)]));
  const redraw = (chart, width, height, printing) => {
    chart.style.height = `${height}px`;
    const size = { width: printing ? width : null, height, autosize: !printing };
    return Plotly.relayout(chart, { ...size, ...shapeOf(chart, width) });
  };
  const fit = () => {
    for (const chart of charts) {
      if (chart.id !== "spine") continue;
      const narrow = chart.clientWidth < NARROW_PX;
      const height = narrow ? NARROW_HEIGHT : usual.get(chart);
      if (narrow !== wasNarrow) redraw(chart, chart.clientWidth, height, false);
      wasNarrow = narrow;
    }
  };
  fit();
  addEventListener("resize", fit);

  // Paper has one size; the charts are drawn for it and then back for the screen.
  // The heights let two pictures with their words share a page.
  const PAPER = {
    width: 660,
    heights: {
      spine: 730, map: 460, blood: 560, sites: 330,
      dose: 270, rate: 240, reservoir: 280, profile: 430,
    },
  };
  const onPaper = (chart) => PAPER.heights[chart.id] ?? usual.get(chart);
  addEventListener("beforeprint", () => {
    for (const chart of charts) redraw(chart, PAPER.width, onPaper(chart), true);
  });
  // Only once the page has its screen layout again are the widths those of the screen.
  const backToScreen = () => setTimeout(() => {
    for (const chart of charts) redraw(chart, chart.clientWidth, usual.get(chart), false);
    wasNarrow = false;
    fit();
  });
  addEventListener("afterprint", backToScreen);
  matchMedia("print").addEventListener("change", (print) => print.matches || backToScreen());

  const spine = document.getElementById("spine");
  if (!spine) return;
  const moments = JSON.parse(document.getElementById("moments").textContent);
  const slider = document.getElementById("time");
  const button = document.getElementById("play");
  const now = (part) => document.getElementById(`now-${part}`);
  const STEP_MS = 160;
  let timer = null;

  const show = (index) => {
    const moment = moments[index];
    slider.value = index;
    slider.setAttribute("aria-valuetext", `${moment.name} from the start. ${moment.levels}`);
    now("name").textContent = moment.name;
    now("clock").textContent = moment.clock;
    now("levels").textContent = moment.levels;
    Plotly.animate(spine, [moment.name], {
      mode: "immediate",
      frame: { duration: 0, redraw: true },
      transition: { duration: 0 },
    }).then(() => { spine.dataset.shown = moment.name; }, () => {}); // a later one may overtake it
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    button.setAttribute("aria-label", "Play from the start");
  };
  const play = () => {
    let index = Number(slider.value) >= moments.length - 1 ? 0 : Number(slider.value);
    show(index);
    button.textContent = "Pause";
    button.setAttribute("aria-label", "Pause");
    timer = setInterval(() => {
      index += 1;
      show(index);
      if (index >= moments.length - 1) stop();
    }, STEP_MS);
  };
  button.addEventListener("click", () => (timer ? stop() : play()));
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });

  // A few labelled times below the slider, as many as have room.
  const ticks = document.querySelector(".ticks");
  const wanted = [0, 1, 6, 24, 72, 168, moments[moments.length - 1].hours];
  const room = Math.max(0.11, 62 / slider.clientWidth);
  let taken = -1;
  for (const hours of wanted) {
    const index = moments.findIndex((moment) => moment.hours >= hours);
    const place = index / (moments.length - 1);
    if (index < 0 || place - taken < room) continue;
    taken = place;
    const tick = document.createElement("span");
    tick.textContent = moments[index].name;
    tick.style.left = `${place * 100}%`;
    ticks.append(tick);
  }
  slider.setAttribute("aria-valuetext", `${moments[slider.value].name} from the start`);
})();
