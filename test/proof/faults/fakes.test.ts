import { fakeGrounds } from '../ground/fake-ground';
import { describeFaults } from './describe-faults';

fakeGrounds.forEach(describeFaults);
