import{a,b,c,d}from"./chunk-YIX5JEGQ.js";import"./chunk-MHXUK65G.js";import"./chunk-QFRCT653.js";export{d as css,b as cssCompletionSource,c as cssLanguage,a as defineCSSCompletionSource};
