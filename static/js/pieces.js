// Large files go in pieces and on from where they broke off; loaded with the first of them. https://tus.io/protocols/resumable-upload
import { Upload } from "tus-js-client";

const PIECE = 8 * 2 ** 20;

// The same file for the same place, also after a reload: what it came to before is remembered on this device.
export async function inPieces(file, { metadata, headers, onProgress, onDone, onLost, onRefused }) {
  const upload = new Upload(file, {
    endpoint: "/api/v1/uploads",
    chunkSize: PIECE,
    retryDelays: null,
    headers,
    metadata,
    removeFingerprintOnSuccess: true,
    fingerprint: async () =>
      ["mainstay", metadata.folder, metadata.same, metadata.filename, file.size, file.lastModified].filter(Boolean).join("/"),
    onProgress,
    onSuccess: onDone,
    onError: (error) => {
      const answer = error.originalResponse;
      const status = answer?.getStatus() ?? 0;
      if (!status || status >= 500 || status === 409 || status === 423 || status === 429) onLost(said(answer));
      else onRefused(said(answer));
    },
  });
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
  upload.start();
  return upload;
}

function said(answer) {
  try {
    const problem = JSON.parse(answer.getBody());
    return problem.errors?.[0]?.message ?? problem.detail;
  } catch {
    return "";
  }
}
