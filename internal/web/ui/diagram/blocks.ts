/** The contents of a Markdown text's fenced blocks of a language, in its order, as internal/markdown's Blocks finds them (CommonMark 4.5). */
export function blocks(text: string, language: string): string[] {
  const out: string[] = []
  let fence = ""
  let indent = 0
  let lines: string[] | null = null
  for (const line of text.split("\n")) {
    if (fence === "") {
      const open = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)(.*)$/.exec(line)
      if (!open || ((open[2] ?? "").startsWith("`") && (open[4] ?? "").includes("`"))) continue
      fence = open[2] ?? ""
      indent = (open[1] ?? "").length
      lines = open[3] === language ? [] : null
      continue
    }
    const end = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1]
    if (end && end[0] === fence[0] && end.length >= fence.length) {
      if (lines) out.push(lines.map((l) => l + "\n").join(""))
      fence = ""
      lines = null
    } else lines?.push(line.replace(new RegExp(`^ {0,${indent}}`), ""))
  }
  if (lines) out.push(lines.join("\n"))
  return out
}
