#include "drive/outcome.h"

const char *drive_stage_name(enum drive_stage s)
{
    switch (s) {
    case STAGE_PREPARE:
        return "preparing";
    case STAGE_CAPTURE:
        return "starting the capture";
    case STAGE_NETWORK:
        return "starting the network";
    case STAGE_CLIENTS:
        return "running the clients";
    case STAGE_DRAIN:
        return "waiting for the last messages";
    case STAGE_PROOF:
        return "proving the capture";
    case STAGE_STOP:
        return "stopping the network";
    case STAGE_COUNT:
        break;
    }
    return "?";
}
