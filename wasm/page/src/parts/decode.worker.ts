/** Finds codes in pictures, away from the page. */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) } });

const options: ReaderOptions = {
  formats: ["QRCode", "DataMatrix", "Code128", "EAN13", "EAN8", "DataBar", "DataBarExpanded"],
  // As the code holds it, separators and all.
  textMode: "Plain",
  tryHarder: true,
  maxNumberOfSymbols: 16,
};

onmessage = async ({ data }: MessageEvent<{ id: number; picture: ImageData | Blob }>) => {
  try {
    const found = await readBarcodes(data.picture, options);
    const texts = found.filter(({ isValid }) => isValid).map(({ text, symbologyIdentifier, contentType }) => (contentType === "GS1" ? symbologyIdentifier + text : text));
    postMessage({ id: data.id, texts });
  } catch (error) {
    postMessage({ id: data.id, failed: String(error) });
  }
};
