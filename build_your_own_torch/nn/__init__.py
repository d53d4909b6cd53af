"torch.nn's names, gathered from the chapters' modules."
from .module import Identity, Module, ModuleDict, ModuleList, Parameter, ParameterList, Sequential, summary
from . import functional
from . import init
