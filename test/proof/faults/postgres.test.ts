import { postgresGround } from '../ground/postgres-ground';
import { describeFaults } from './describe-faults';

describeFaults(postgresGround);
