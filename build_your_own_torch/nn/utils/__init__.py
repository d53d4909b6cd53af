"torch.nn.utils's names; chapter 9 writes them, beside the optimizers that need them."
from ...optim.optimizers import clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters
