// @ts-check
/** What every page does: colours, toasts, dialogs, and the live badge of waiting approvals. */

import { startApprovals } from "./approvals.js";
import { startDialogs } from "./dialogs.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toasts.js";

startTheme();
startToasts();
startDialogs();
startApprovals();
