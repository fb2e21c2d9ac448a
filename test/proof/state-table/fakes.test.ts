import { fakeGrounds } from '../ground/fake-ground';
import { describeStateTable } from './describe-state-table';

fakeGrounds.forEach(describeStateTable);
