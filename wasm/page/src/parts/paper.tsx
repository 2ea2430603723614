/** What is printed: a table of lines, as papers of a pharmacy have it. */
import { t } from "../words/words.js";

export interface PaperLine {
  key: string | number;
  name: string;
  product?: string;
  lot: string;
  expiry: string;
  quantity: string;
}

export function PaperLines({ lines }: { lines: PaperLine[] }) {
  return (
    <div class="wide" role="region" aria-label={t("note.lines")} tabIndex={0}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{t("product")}</th>
            <th scope="col">{t("lot")}</th>
            <th scope="col">{t("expiry")}</th>
            <th scope="col" class="amount">
              {t("quantity")}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, name, product, lot, expiry, quantity }) => (
            <tr key={key}>
              <td>
                {name} {product && <small>{product}</small>}
              </td>
              <td>{lot || t("lot.none")}</td>
              <td>{expiry}</td>
              <td class="amount">{quantity}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
