"use strict"
;(() => {
  /** What the page is about; see report.go. */
  const data = JSON.parse(document.getElementById("data").textContent)
  const $ = id => document.getElementById(id)
  const overview = $("overview"), detail = $("detail"), names = $("names"), threshold = $("threshold")

  /** An element with attributes and children. Strings become text, never markup. */
  const el = (tag, attrs = {}, ...children) => {
    const svg = ["svg", "line", "circle", "text", "g"].includes(tag) || attrs.svg
    const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag)
    for (const [k, v] of Object.entries(attrs)) {
      if (k === "svg" || v === undefined || v === false) continue
      if (k.startsWith("on")) e.addEventListener(k.slice(2), v)
      else e.setAttribute(k, v === true ? "" : v)
    }
    e.append(...children.filter(c => c !== undefined && c !== null))
    return e
  }

  const code = d => (data.docs[d].archived ? "Earlier " : "Person ") + (d + 1)
  const name = d => names.checked ? data.docs[d].name : code(d)
  const kind = p => p.outcome === "look" ? "look" : "strong"
  const badge = p => el("span", {class: "badge " + kind(p)}, p.outcome === "look" ? "Worth a look" : "Strong evidence")
  const person = d => el("a", {href: "#person-" + d}, name(d))
  const meter = score => {
    const i = el("i")
    i.style.inlineSize = Math.round(100 * score) + "%"
    return el("span", {class: "meter", "aria-hidden": "true"}, i)
  }
  /** The rarest passage of a pair in words. */
  const rarest = p => {
    const r = p.regions[0]
    if (!r) return "words and names only"
    return `${lines(r.a)} lines, ` + held(r)
  }
  const percent = share => Math.round(100 * share) + " %"
  const lines = place => place.to - place.from + 1
  const held = r => r.people <= 2 ? `only these 2 of ${data.people} have it` : `${r.people} of ${data.people} have it`

  const row = (p, i) => el("tr", {},
    el("td", {class: "score"}, el("a", {href: "#pair-" + i}, p.score === 1 ? "1" : p.score.toFixed(2)), meter(p.score)),
    el("td", {}, badge(p)),
    el("td", {class: "expected"}, p.expected),
    el("td", {class: "who"}, person(p.a), " and ", person(p.b)),
    el("td", {class: "rare"}, rarest(p)))

  const draw = () => {
    const least = Number(threshold.value)
    $("atleast").textContent = least.toFixed(2)
    const shown = data.pairs.map((p, i) => [p, i]).filter(([p]) => p.score >= least)
    $("pairs").tBodies[0].replaceChildren(...shown.map(([p, i]) => row(p, i)))
    $("nopairs").hidden = shown.length > 0
    $("pairs").hidden = shown.length === 0
    for (const l of document.querySelectorAll("line.threshold")) {
      l.setAttribute("x1", 1000 * least)
      l.setAttribute("x2", 1000 * least)
    }
  }

  /** Places of the members of each cluster: circles, packed in rows. */
  const graph = clusters => {
    const widest = 960
    let x = 0, y = 0, tall = 0, used = 0
    const parts = [], at = new Map(), around = new Map()
    for (const members of clusters) {
      const radius = Math.max(40, members.length * 12), size = 2 * radius + 90
      if (x + size > widest && x > 0) { x = 0; y += tall; tall = 0 }
      members.forEach((d, k) => {
        const turn = 2 * Math.PI * k / members.length - Math.PI / 2
        at.set(d, [x + size / 2 + radius * Math.cos(turn), y + size / 2 + radius * Math.sin(turn)])
        around.set(d, Math.sin(turn) < -.3 ? -18 : 26) // above or below the circle
      })
      x += size
      used = Math.max(used, x)
      tall = Math.max(tall, size)
    }
    for (const p of data.pairs) {
      const a = at.get(p.a), b = at.get(p.b)
      if (a && b) parts.push(el("line", {x1: a[0], y1: a[1], x2: b[0], y2: b[1], class: kind(p), "stroke-width": (4 * p.score * p.score + .5).toFixed(1)}))
    }
    for (const [d, [cx, cy]] of at) {
      parts.push(el("a", {svg: true, href: "#person-" + d, "aria-label": name(d)}, el("circle", {cx, cy, r: 11}), el("text", {x: cx, y: cy + around.get(d)}, short(name(d)))))
    }
    return el("svg", {class: "graph", width: used, viewBox: `0 0 ${used} ${y + tall}`, role: "group", "aria-label": "Who is linked with whom"}, ...parts)
  }
  const short = s => s.length > 16 ? "…" + s.slice(-15) : s

  const crumbs = (...parts) => el("p", {class: "crumbs"}, el("a", {href: "#"}, "Overview"), ...parts.flatMap(p => [" / ", p]))
  const table = list => el("div", {class: "scroll"}, el("table", {class: "pairs"},
    el("thead", {}, el("tr", {}, ...["Score", "Outcome", "Innocent pairs expected", "Between", "Rarest passage"].map(t => el("th", {scope: "col"}, t)))),
    el("tbody", {}, ...list.map(([p, i]) => row(p, i)))))
  const pairsOf = test => data.pairs.map((p, i) => [p, i]).filter(([p]) => test(p))

  const views = {
    clusters() {
      const list = data.clusters
      return [crumbs("Clusters"), el("h1", {}, list.length === 1 ? "1 cluster" : list.length + " clusters"),
        el("p", {class: "lead"}, list.length ? "Documents that strong evidence links, directly or through others. Thick lines are close pairs." : "No strong evidence links anybody."),
        list.length ? el("div", {class: "card"}, graph(list)) : undefined,
        el("ul", {class: "list"}, ...list.map((c, n) => el("li", {}, el("a", {href: "#cluster-" + (n + 1)}, `Cluster ${n + 1}`), ` ${c.length} documents`)))]
    },
    cluster(n) {
      const members = data.clusters[n - 1]
      if (!members) return
      const order = [...members].sort((a, b) => (data.docs[a].at ?? 0) - (data.docs[b].at ?? 0))
      const when = d => data.docs[d].at ? new Date(data.docs[d].at) : undefined
      return [crumbs(el("a", {href: "#clusters"}, "Clusters"), `Cluster ${n}`), el("h1", {}, `Cluster ${n}: ${members.length} documents`),
        el("div", {class: "card"}, graph([members])),
        el("section", {class: "card"}, el("h2", {}, "In order of time"), el("p", {class: "quiet"}, "When the files were last changed, as far as the folder knows: copying a folder can change it."),
          el("ol", {class: "timeline"}, ...order.map(d => el("li", {}, when(d) ? el("time", {datetime: when(d).toISOString()}, when(d).toLocaleString(undefined, {dateStyle: "medium", timeStyle: "short"})) : "time not known ", person(d))))),
        el("section", {class: "card"}, el("h2", {}, "Pairs"), table(pairsOf(p => p.cluster === n)))]
    },
    person(d) {
      if (!data.docs[d]) return
      const list = pairsOf(p => p.a === d || p.b === d)
      return [crumbs(name(d)), el("h1", {}, name(d)), el("p", {class: "lead"}, list.length ? `${list.length} ${list.length === 1 ? "pair" : "pairs"} with this document ${list.length === 1 ? "is" : "are"} worth a look.` : "No pair with this document is worth a look."),
        list.length ? el("section", {class: "card"}, table(list)) : undefined]
    },
    pair(i) {
      const p = data.pairs[i]
      if (!p) return
      const chips = p.regions.map((r, n) => el("li", {}, el("button", {type: "button", class: hue(n), "data-region": n, "aria-pressed": "false", onclick: () => show(n, true)},
        el("b", {}, held(r)), el("span", {}, `lines ${r.a.from}–${r.a.to} and ${r.b.from}–${r.b.to}, ${r.tokens} tokens, ${Math.round(100 * r.same / r.tokens)} % to the letter`))))
      return [crumbs(`${name(p.a)} and ${name(p.b)}`), el("h1", {}, `${name(p.a)} and ${name(p.b)}`),
        el("p", {class: "lead"}, badge(p), ` Score ${p.score === 1 ? "1, the same text" : p.score.toFixed(2)}. Innocent pairs this alike expected among these people: ${p.expected}. By rarity, ${percent(p.share[0])} of ${name(p.a)} is in ${name(p.b)}, and ${percent(p.share[1])} the other way round.`,
          p.cluster ? el("span", {}, " Part of ", el("a", {href: "#cluster-" + p.cluster}, "cluster " + p.cluster), ".") : undefined),
        el("p", {class: "key"}, el("i", {class: "k-given"}), el("span", {}, "Given to everybody. Grey text is common. Rare passages come first.")),
        el("ol", {class: "regions", "aria-label": "Passages in common"}, ...chips),
        el("div", {class: "sides"}, side(p, "a"), side(p, "b"))]
    },
  }
  const hue = n => "h" + n % 6

  const side = (p, which) => {
    const d = p[which]
    const files = data.docs[d].files ?? []
    return el("section", {class: "side", "data-side": which}, el("h2", {}, name(d)), ...files.flatMap(f => {
      const given = new Set(f.given), common = new Set(f.common), of = new Map()
      p.regions.forEach((r, n) => {
        if (r[which].file === f.name) for (let l = r[which].from; l <= r[which].to; l++) if (!of.has(l)) of.set(l, n)
      })
      const items = f.text.replace(/\n$/, "").split("\n").map((text, k) => {
        const l = k + 1, n = of.get(l)
        const cls = given.has(l) ? "given" : n !== undefined ? `in ${hue(n)}` : common.has(l) ? "dull" : undefined
        return el("li", {class: cls, "data-n": l, "data-region": given.has(l) ? undefined : n, onclick: n === undefined ? undefined : () => show(n, false, which)}, text || " ")
      })
      return [files.length > 1 && names.checked ? el("h3", {}, f.name) : undefined,
        el("div", {class: "lines", tabindex: "0", role: "region", "aria-label": "Text of " + name(d), translate: "no"}, el("ol", {}, ...items)),
        f.cut ? el("p", {class: "quiet"}, "The rest is not on this page.") : undefined].filter(Boolean)
    }))
  }

  /** Shows passage n on both sides, or on the one that was not pressed. */
  const show = (n, both, pressed) => {
    for (const e of detail.querySelectorAll("[data-region]")) {
      const on = e.dataset.region === String(n)
      e.classList.toggle("on", on && e.tagName === "LI")
      if (e.tagName === "BUTTON") e.setAttribute("aria-pressed", on)
    }
    for (const s of detail.querySelectorAll(".side")) {
      const first = s.querySelector(".on")
      if (first && (both || s.dataset.side !== pressed)) {
        const box = first.closest(".lines")
        box.scrollTop = first.offsetTop - box.offsetTop - 60
      }
    }
  }

  const route = () => {
    const [, view, n] = /^#(clusters|cluster|person|pair)(?:-(\d+))?$/.exec(location.hash) ?? []
    const parts = view && views[view](Number(n))
    overview.hidden = Boolean(parts)
    detail.hidden = !parts
    detail.replaceChildren(...(parts ?? []).filter(Boolean))
    for (const a of document.querySelectorAll("[data-view]")) {
      const current = a.dataset.view === "overview" ? !parts : Boolean(view?.startsWith("cluster"))
      if (current) a.setAttribute("aria-current", "page")
      else a.removeAttribute("aria-current")
    }
    draw()
    if (view === "pair" && data.pairs[n]?.regions.length) show(0, true)
  }
  addEventListener("hashchange", () => { route(); scrollTo(0, 0); $("main").focus({preventScroll: true}) })
  names.addEventListener("change", route)
  threshold.addEventListener("input", draw)
  route()
})()
