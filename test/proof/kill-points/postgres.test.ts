import { describeKillPoints } from './describe-kill-points';
import { notingPostgres } from './noting-databases';

describeKillPoints(notingPostgres);
