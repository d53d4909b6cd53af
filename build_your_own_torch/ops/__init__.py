"The vocabulary: what four chapters and an appendix make of the engine."
from .creation import *  # noqa: F403
from .elementwise import *  # noqa: F403
from .places import *  # noqa: F403
from .reductions import *  # noqa: F403
from .rare import *  # noqa: F403
