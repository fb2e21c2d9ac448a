import { postgresGround } from '../ground/postgres-ground';
import { describeStateTable } from './describe-state-table';

describeStateTable(postgresGround);
