/** How grave a failure is. */
export type Kind = "invalid" | "unknown" | "usage" | "refused";

/** What is said of a failure. */
export interface Said {
  /** What happened and what to do, in English. */
  message: string;
  /** The stable number of `spec/error-codes.md`. */
  code: number;
  /** The stable name of that number. */
  codeName: string;
  /** `invalid`: the bytes are wrong; `unknown`: what would decide isn't here; `usage`: an argument or the store; `refused`: a rule forbids it. */
  kind: Kind;
  /** What happened and what to do, for a pharmacist, in Vietnamese. */
  vietnamese: string;
  /** The field that it concerns, where it is one. */
  field: string | undefined;
}

/** The one error that medlot throws. */
export class MedlotError extends Error implements Said {
  readonly code: number;
  readonly codeName: string;
  readonly kind: Kind;
  readonly vietnamese: string;
  readonly field: string | undefined;

  constructor(said: Said, options?: ErrorOptions) {
    super(said.message, options);
    this.name = "MedlotError";
    this.code = said.code;
    this.codeName = said.codeName;
    this.kind = said.kind;
    this.vietnamese = said.vietnamese;
    this.field = said.field;
  }

  /** Its fields as a plain object: what crosses from a worker, or goes into a log. */
  toJSON(): Said {
    const { message, code, codeName, kind, vietnamese, field } = this;
    return { message, code, codeName, kind, vietnamese, field };
  }
}

/** What the module or a worker threw, as a `MedlotError` where it says all that one says. */
export function understood(error: unknown): unknown {
  if (error instanceof MedlotError) return error;
  const said = error as Partial<Said> | null;
  const whole = typeof said === "object" && typeof said?.code === "number" && typeof said.codeName === "string";
  return whole ? new MedlotError(said as Said) : error;
}

// The texts are those of the module, for what is found before it is asked.
const said = {
  argument: [4001, "usage", "Giá trị đã cho không hợp lệ: hãy xem giá trị được nêu tên rồi nhập lại."],
  file: [4002, "usage", "Không đọc hoặc không ghi được tệp: hãy xem lại đường dẫn, quyền và dung lượng còn trống."],
  folder: [
    4003,
    "usage",
    "Thư mục không phải của medlot, đang được dùng, hoặc bị hỏng: hãy chọn đúng thư mục, hoặc đóng chương trình đang dùng nó.",
  ],
  unknown_here: [4005, "unknown", "Ở đây chưa có dữ liệu để quyết định: hãy đồng bộ rồi thử lại."],
} as const;

/** A failure found on this side of the module. */
export function failure(codeName: keyof typeof said, message: string, options?: ErrorOptions): MedlotError {
  const [code, kind, vietnamese] = said[codeName];
  return new MedlotError({ message, code, codeName, kind, vietnamese, field: undefined }, options);
}
