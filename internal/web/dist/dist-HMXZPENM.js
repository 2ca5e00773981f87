import{a,b,c,d}from"./chunk-EPR4S727.js";import"./chunk-LRYMDCNF.js";import"./chunk-TOXK3VNI.js";export{d as css,b as cssCompletionSource,c as cssLanguage,a as defineCSSCompletionSource};
