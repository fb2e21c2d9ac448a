import { postgresGround } from '../ground/postgres-ground';
import { describeTwice } from './describe-twice';

describeTwice(postgresGround);
